"""Tries: get rights in a user name space below its own, or back in that of the template; mount over `/proc`; take away what covers the folders of the template; change the root; raise what its own name space may have.

Must hold: every call is refused, by the filter or by the system.
"""

import ctypes
import os

WARM = True
SAYS = "^refused \\[\\]$"

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class CloneArguments(ctypes.Structure):
    _fields_ = [(f"word{n}", ctypes.c_uint64) for n in range(11)]


def clone3(flags):
    arguments = CloneArguments(flags, 0, 0, 0, 17)
    answer = libc.syscall(435, ctypes.byref(arguments), ctypes.sizeof(arguments))
    if answer == 0:
        os._exit(0)
    return answer


def clone(flags):
    answer = libc.syscall(56 if os.uname().machine == "x86_64" else 220, flags | 17, 0, 0, 0, 0)
    if answer == 0:
        os._exit(0)
    return answer


done = []
for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("pid", 0x20000000), ("net", 0x40000000), ("ipc", 0x8000000)):
    for call in (libc.unshare, clone, clone3):
        if call(flag) >= 0 or call(flag | 0x10000000) >= 0:
            done.append(f"{call} {name}")
for place in (b"/proc", b"/tmp", b"/run/submissions", b"/run/template", b"/dev/shm", b"/given", b"/"):
    if libc.mount(b"x", place, b"tmpfs", 0, None) == 0 or libc.mount(b"x", place, b"proc", 0, None) == 0:
        done.append(f"mount {place}")
    if any(libc.umount2(place, flags) == 0 for flags in (0, 1, 2, 8)):
        done.append(f"umount {place}")
done += ["pivot_root"] * (libc.syscall(155 if os.uname().machine == "x86_64" else 41, b"/tmp", b"/tmp") == 0)
done += ["chroot"] * (libc.chroot(b"/tmp") == 0)
for path in ("uid_map", "gid_map", "setgroups", "projid_map"):
    try:
        with open(f"/proc/self/{path}", "w") as file:
            file.write("0 0 1")
        done.append(path)
    except OSError:
        pass
for name in os.listdir("/proc/sys/user"):
    try:
        open(f"/proc/sys/user/{name}", "w").close()
        done.append(name)
    except OSError:
        pass
print("refused", done)
