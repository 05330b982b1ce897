"""The page that a student reads: the score, each task with what was said about it, and the work as it was handed in.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. A record is
gathered for each submission, and a page is made of it: one file, which runs and fetches nothing.

- `records`: what a page says
- `handed_in`: the outputs with which a notebook was handed in
- `parts`: the graded notebook, cut into tasks
- `standing`: how a task stands, and why
- `score`: the points, in words
- `gather`: all of it together, for one submission
- `page`, `write`: the page, and its place
"""
