"""Tries: have the template or others pay for memory: write to every page that was shared at the fork.

Must hold: the copies are this sandbox's own and count for it alone; nobody is killed.
"""

import ctypes
import os
import re

WARM = True
SAYS = "^[1-9]\\d+ MiB of its own$"


def private():
    text = open("/proc/self/smaps_rollup").read()
    return int(re.search(r"Private_Dirty: +(\d+)", text)[1]) >> 10


for line in open("/proc/self/maps").read().splitlines():
    words = line.split()
    if words[1] == "rw-p" and not (len(words) > 5 and words[5].startswith("[")) and "stack" not in line:
        begin, end = (int(part, 16) for part in words[0].split("-"))
        if end - begin < 2**28:
            try:
                with open("/proc/self/mem", "r+b", buffering=0) as memory:
                    for page in range(begin, end, 4096):
                        memory.seek(page)
                        byte = memory.read(1)
                        memory.seek(page)
                        memory.write(byte)
            except OSError:
                pass
print(private(), "MiB of its own")
