"""Tries: use up the inodes of the host with empty files.

Must hold: the sandbox is killed at its limit.
"""

import time

ENDS = "it made more than 20000 files"
for number in range(25_000):
    open(f"/tmp/{number}", "w").close()
time.sleep(60)
