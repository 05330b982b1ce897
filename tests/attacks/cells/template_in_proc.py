"""Tries: read and write the template and the keeper of the sandbox through `/proc`: memory, descriptors, folders.

Must hold: the template has no number here, and the keeper, which is of another user name space, opens nothing.
"""

import glob
import os

WARM = True
SAYS = "^\\[\\]$"

opened = []
for number in (0, 1, TEMPLATE_PROCESS, TEMPLATE_PROCESS - 1, TEMPLATE_PROCESS - 2):
    for name in ("mem", "environ", "auxv", "stack", "syscall", "root/etc", "cwd/etc", "fd/0", "fd/2", "map_files/*", "ns/mnt"):
        for path in glob.glob(f"/proc/{number}/{name}") or [f"/proc/{number}/{name}"]:
            for mode in (os.O_RDONLY | os.O_NONBLOCK, os.O_RDWR | os.O_NONBLOCK):
                try:
                    found = os.open(path, mode)
                    if mode & os.O_RDWR or os.read(found, 1):
                        opened.append(path)
                    os.close(found)
                except OSError:
                    pass
print(opened)
