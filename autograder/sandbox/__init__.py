"""The sandbox in which a submission's notebook runs, between submission and trace.

`limits` says what a submission may use; `command` builds the bubblewrap command, with the filter of `seccomp`
and the start-up file `inside`; `process` starts and watches it, with `memory` and `cgroup`; `provisioner` puts
a Jupyter kernel into it and `client` talks with that kernel; `outputs` and `outbox` take what comes out;
`workspace` holds its files on this side and sweeps what a killed grader left; `probe` proves that this machine
can do all that.
"""
