"""Tries: leave a process behind, in a session of its own, that writes a trace after the last cell.

Must hold: it dies with the sandbox, before the outbox is read.
"""

import os
import subprocess

SAYS = "started"
subprocess.Popen(
    "setsid nohup sh -c 'sleep DAEMON_SECONDS; while true; do mkdir -p /out/late; done' &", shell=True, stdout=subprocess.DEVNULL
)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "DAEMON_SECONDS"])
    os._exit(0)
print("started")
