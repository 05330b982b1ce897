"""Tries: see what lies below the folders that cover those of the template: the submissions of others, the template's own modules, its memory file systems; by links of `/proc`, handles of files, descriptors of mounts and paths upwards.

Must hold: it is empty, and nothing leads below.
"""

import ctypes
import os

WARM = True
SAYS = "^\\[\\]$"

libc = ctypes.CDLL(None, use_errno=True)
seen = []
for cover in ("/run/submissions", "/run/template"):
    for way in (cover, f"/proc/self/root{cover}", f"/proc/1/root{cover}", f"/proc/thread-self/root{cover}/.", f"{cover}/../{cover}"):
        try:
            seen += os.listdir(way)
        except OSError:
            pass
        for name in ("autograder", "work", "in", "x"):
            try:
                os.mkdir(f"{way}/{name}")
                seen.append(way)
            except OSError:
                pass
    for call, arguments in ((428, (-100, cover.encode(), 1)), (303, (-100, cover.encode(), b"\0" * 128, b"\0" * 8, 0))):
        if libc.syscall(call, *arguments) >= 0:
            seen.append(call)
    try:
        os.chmod(cover, 0o777)
        seen.append("chmod")
    except OSError:
        pass
print(seen)
