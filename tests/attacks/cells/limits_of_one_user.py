"""Tries: use up what the system counts by user, for all sandboxes of this machine: watches of files, pipes, queued signals, locked memory, message queues, open files.

Must hold: each ends at a limit of this sandbox.
"""

import ctypes
import os
import resource

WARM = True
SAYS = "^32 True True True -1$"

libc = ctypes.CDLL(None, use_errno=True)
watchers = []
while (watcher := libc.inotify_init1(0)) >= 0:
    watchers.append(watcher)
for watcher in watchers:
    os.close(watcher)
pipes = []
try:
    while True:
        pipes += os.pipe()
except OSError:
    pass
for end in pipes:
    os.close(end)
locked = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
block = ctypes.create_string_buffer(locked + 2**20 if 0 < locked < 2**28 else 1)
refused = locked <= 0 or locked >= 2**28 or libc.mlock(block, len(block)) != 0
raised = 0
for name in ("RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_MSGQUEUE"):
    try:
        resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY,) * 2)
        raised += 1
    except ValueError:
        pass
print(len(watchers), len(pipes) <= 256, refused, raised == 0, libc.mq_open(b"/x", 0o102, 0o600, None))
