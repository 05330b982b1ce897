"""Tries: print a full score and end the process with status 0, before any test cell ran.

Must hold: the exit is told, no test cell counts as run.
"""

import os

ENDS = r"the process ended itself"
print("Total: 7/7", flush=True)
os._exit(0)
