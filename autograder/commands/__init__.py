"""The commands of `autograder`, by what they are for: authoring, proving the checks, grading a class, this machine.

They stand before everything in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Each
looks at what it was told before it imports what is slow to import (torch, nbgrader, Dask), so that a mistake is told
at once. What they share is in `arguments`.
"""
