"""The sandbox in which a submission's notebook runs, between submission and trace.

`limits` says what a submission may use; `command` builds the bubblewrap command, with the filter of `seccomp`
and the start-up file `inside`; `process` starts and watches it, with `memory` and `cgroup`; `kernel` puts a
Jupyter kernel into it, and `conversation` talks with that kernel through the process of `relay`, since whatever
comes out may be anything, in any amount; `peer` and `wire` start and ask such helpers; `outbox` takes what the
submission leaves behind; `workspace` holds its files on this side and sweeps what a killed grader left;
`self_check` proves that this machine can do all that.
"""
