"""Tries: read accounts, keys, logs, devices, the grader's environment and memory.

Must hold: nothing of the host is there.
"""

import glob
import os
import sys

SAYS = "^read: nothing$"
paths = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/var/log", "/sys/class", "/boot", "/mnt"]
paths += ["/dev/sda", "/dev/vda", "/dev/mem", "/dev/kmsg", "/proc/kcore", "/proc/kmsg", "HOST_SECRET_FILE"]
seen = []
for path in paths:
    try:
        if os.path.isdir(path):  # the folders above the interpreter are there, with nothing else in them
            prefixes = (sys.prefix, sys.base_prefix)
            names = [n for n in os.listdir(path) if not any(p.startswith(f"{path}/{n}") for p in prefixes)]
            seen += [f"{path} {names}"] if names else []
        else:
            seen.append(f"{path} {open(path, 'rb').read(20)}")
    except OSError:
        pass
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        content = open(path, "rb").read()
        seen += [path] if b"HOST_SECRET=" in content else []
    except OSError:
        pass
print("read:", " ".join(seen) or "nothing")
