"""Tries: reach others through memory that was shared before the fork: mappings, semaphores and files of `/dev/shm` of torch, OpenMP, multiprocessing and NumPy.

Must hold: nothing that can be written is shared with anybody outside of the sandbox.
"""

import ctypes
import os

WARM = True
SAYS = "^\\[\\] \\[\\] -1 -1$"

libc = ctypes.CDLL(None, use_errno=True)
shared = [line.split()[5:] for line in open("/proc/self/maps") if line.split()[1].startswith("rw") and line.split()[1][3] == "s"]
print(shared, [name for name in os.listdir("/dev/shm") if name.startswith(("sem", "torch", "psm", "pym"))], libc.shmat(0, None, 0), libc.semop(0, None, 0))
