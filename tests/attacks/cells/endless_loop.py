"""Tries: never end, in pure Python.

Must hold: the cell is interrupted at its time limit, and the cells after it run.
"""

LIMITS = {"cell_seconds": 1.5}
SAYS = "this cell was interrupted: it took longer than 1.5 seconds"
while True:
    pass
