"""Tries: get back the rights that the fork gave up: capabilities, other users and groups, programs with set-uid bits, a filter of its own in place of the one in force.

Must hold: none is had.
"""

import ctypes
import os
import struct
import subprocess

WARM = True
SAYS = "^0 0000000000000000 1 2 \\[1000, 1000, 1000\\]$"

libc = ctypes.CDLL(None, use_errno=True)
got = 0
for call in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0)):
    try:
        call()
        got += 1
    except OSError:
        pass
head = struct.pack("=Ii", 0x20080522, 0)
got += libc.capset(head, struct.pack("=6I", *[0xFFFFFFFF] * 6)) == 0
got += sum(libc.prctl(47, 2, capability, 0, 0) == 0 for capability in range(41))
got += libc.prctl(38, 0, 0, 0, 0) == 0
got += libc.prctl(28, 0, 0, 0, 0) > 0  # securebits
for program in (["su", "-c", "id"], ["mount", "/proc"], ["newuidmap", str(os.getpid()), "0", "0", "1"]):
    try:
        got += b"uid=0" in subprocess.run(program, capture_output=True, stdin=subprocess.DEVNULL, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        pass
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
values = [status[name].strip() for name in ("CapEff", "NoNewPrivs", "Seccomp")]
print(got, *values, [os.getuid(), os.geteuid(), os.getresuid()[2]])
