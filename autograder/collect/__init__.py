"""Collects what teams hand in: from Git repositories to a dated state of each, which grading then takes.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""
