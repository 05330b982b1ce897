"""The instrument: what every student kit and every sandbox holds, whatever the assignment.

It knows no assignment and no course: traces, what a function returned or raised, work in a copy of the process, the
files that are handed in and the command that makes them.
"""
