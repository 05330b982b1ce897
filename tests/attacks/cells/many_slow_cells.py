"""Tries: start threads that hold the interpreter for ever, so that each later cell takes almost its whole time.

Must hold: the time of the whole notebook is bounded, whatever the single cells take.
"""

import time

LIMITS = {"cell_seconds": 60, "notebook_seconds": 3}
ENDS = "the whole notebook took longer than 3 seconds"
time.sleep(50)
