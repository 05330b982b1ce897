"""Tries: take all memory of the machine in one process.

Must hold: the sandbox is killed at its limit.
"""

import time

LIMITS = {"resident_memory": 400 * 2**20}
ENDS = "it used more than 400 MiB of memory"
kept = []
while True:
    kept.append(bytearray(b"x" * 2**22))
    time.sleep(0.002)
