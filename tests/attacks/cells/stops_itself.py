"""Tries: stop its own process, so that nothing answers and nothing uses processor time.

Must hold: the sandbox is killed at the time limit.
"""

import os
import signal

LIMITS = {"cell_seconds": 1.5}
ENDS = "did not stop when it was interrupted"
os.kill(os.getpid(), signal.SIGSTOP)
