"""Tries: make processes that make processes, until the machine has no more numbers for them.

Must hold: it stops at the limit of the sandbox; all of them are gone at the end.
"""

import os
import time

LIMITS = {"processes": 48, "cell_seconds": 10}
SAYS = "stopped below 49"
parent, made = os.getpid(), 0
try:
    while True:
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(1000)
        made += 1
except OSError:
    print("stopped below 49" if made < 49 else f"made {made}")
