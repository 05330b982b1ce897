"""Tries: take all memory of the machine in many processes, each of them small.

Must hold: their sum is what is bounded.
"""

import os
import time

LIMITS = {"resident_memory": 400 * 2**20, "processes": 64}
ENDS = "it used more than 400 MiB of memory"
for _ in range(20):
    if os.fork() == 0:
        kept = b"x" * 40_000_000
        time.sleep(60)
time.sleep(60)
