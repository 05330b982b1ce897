"""The marker's desk: one page a question, across all teams, with the rows of its marking scheme to click.

Stands at gradebook in the flow *course material -> submission -> trace -> verdict -> gradebook -> report*. Points and
comments go through nbgrader's gradebook, so that the formgrader shows the same. Inside, each stage takes a record and
returns a record:

- `records`: question, criterion, work, mark
- `rubric`: the criteria of a marking scheme
- `questions`: what is to be marked, from the instructor's notebook
- `work`: what one team handed in for it
- `book`: marks in nbgrader's gradebook, one cell a write
- `clicked`: which points were given for which criterion
- `desk`: the order of the work, and what is left
- `pages`, `server`: the same in a browser, on this machine only
"""
