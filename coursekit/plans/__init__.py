"""Plans: what a checks file asks of a student's functions and classes, and what comes back.

A plan is a list of steps, stored as a trace: JSON and tensors, no code and no expected value. `interpreter` carries
it out, in the sandbox, on a student's machine and in the selftest alike. From the steps to the answers:

- `steps`, `coding`: what a plan can hold, and how arguments stand in it
- `interpreter`, `limit`, `weights`, `changes`, `figures`: carrying it out
- `values`, `answers`, `storing`: what came back, as records, and how they stand in a trace
- `looks`: one vocabulary of looking at an answer, for hidden and for visible checks
- `public`, `shown`: plans that came with a kit, and what a test cell says of them
"""
