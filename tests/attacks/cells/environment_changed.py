"""Tries: point the recording to an inbox of its own with no hard questions, and preload a library everywhere.

Must hold: the checks ask for the probes that they made, so nothing recorded elsewhere counts.
"""

import os
import shutil

ALONE = True
shutil.copytree("/inbox/optimizers", "/tmp/mine/optimizers")
os.environ.update(COURSE_INBOX="/tmp/mine", COURSE_OUTBOX="/tmp/mine-out", LD_PRELOAD="/tmp/x.so", PYTHONPATH="/tmp")
os.makedirs("/tmp/mine-out")
SAYS = "^changed$"
print("changed")
