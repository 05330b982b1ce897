"""Tries: kill every process that it can name: a process of the host, all numbers, its parents, process 1.

Must hold: no process of the host gets a signal; that of its own sandbox hurts only itself.
"""

import os
import signal
import time

ALONE = True
SAYS = "host process (unknown|refused)"
try:
    os.kill(int("HOST_PROCESS"), 0)
    print("host process reached")
except ProcessLookupError:
    print("host process unknown")
except PermissionError:
    print("host process refused")
time.sleep(0.5)  # so that it is read
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
for target in (int("HOST_PROCESS"), -1, 1, os.getppid(), 0):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        try:
            os.kill(target, number)
        except OSError:
            pass
