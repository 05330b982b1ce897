"""Tries: print without end.

Must hold: what is kept is cut at the limit, and the flood ends the run.
"""

LIMITS = {"output_size": 2**20, "resident_memory": 2**30}
ENDS = "it printed more than 16 MiB|it used more than 1024 MiB of memory"
while True:
    print("c" * 2**20)
