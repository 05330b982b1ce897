"""The class at a glance: one page for the instructor, and its most important lines for the terminal.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.

- `records`: what is said of a class
- `gather`: all of it, from the stored results, the gradebook and the table of teams
- `alike`: whose work is nearly the same
- `page`: the page
"""
