"""Says whether this machine can grade safely: `autograder doctor`.

Stands before everything else in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
`finding` is one line of what it says; `machine` looks at programs, packages and room; `attacks` tries to break out of
the sandbox and its limits, with the same sandbox that runs submissions.
"""
