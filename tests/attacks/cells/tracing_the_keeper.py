"""Tries: take over the keeper of the sandbox, which is of the template's user name space: trace it, write its memory, take its descriptors, change its limits so that it dies, let the system choose it when memory is short.

Must hold: every call is refused.
"""

import ctypes
import os

WARM = True
SAYS = "^refused \\[\\]$"

libc = ctypes.CDLL(None, use_errno=True)
keeper = os.pidfd_open(1)
word = ctypes.create_string_buffer(b"12345678")


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


here, there = Vector(ctypes.addressof(word), 8), Vector(id(keeper), 8)
calls = {
    "attach": libc.ptrace(16, 1, 0, 0),
    "seize": libc.ptrace(0x4206, 1, 0, 0),
    "read": libc.process_vm_readv(1, ctypes.byref(here), 1, ctypes.byref(there), 1, 0),
    "write": libc.process_vm_writev(1, ctypes.byref(here), 1, ctypes.byref(there), 1, 0),
    "take a descriptor": libc.syscall(438, keeper, 0, 0),
    "compare": libc.syscall(312, 1, os.getpid(), 0, 0, 0),
    "advise": libc.syscall(440, keeper, ctypes.byref(there), 1, 21, 0),
    "enter": libc.setns(keeper, 0x20000000),
}
taken = [name for name, answer in calls.items() if answer >= 0]
for name, text in (("oom_score_adj", "1000"), ("comm", "x"), ("coredump_filter", "1"), ("timerslack_ns", "1")):
    try:
        with open(f"/proc/1/{name}", "w") as file:
            file.write(text)
        if name == "oom_score_adj":
            taken.append(name)
    except OSError:
        pass
print("refused", taken)
