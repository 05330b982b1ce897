"""Tries: never end, catch every exception and ignore every signal that can be ignored.

Must hold: the sandbox is killed at the time limit.
"""

import signal

LIMITS = {"cell_seconds": 1.5}
ENDS = "did not stop when it was interrupted"
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
