"""Tries: leave a file in the outbox that takes no room but is larger than the memory of the grader.

Must hold: it cannot be made larger than the limit on one file.
"""

LIMITS = {"file_size": 8 * 2**20}
SAYS = "File too large"
import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("/out/sparse", "wb") as file:
    try:
        os.truncate("/out/sparse", 2**40)
        print("made")
    except OSError as error:
        print(error.strerror)
os.unlink("/out/sparse")
