"""Tries: what break-outs begin with: name spaces, mounts, tracing, BPF, modules, core patterns, io_uring, keyrings.

Must hold: every call is refused.
"""

import ctypes
import subprocess

SAYS = "^possible: nothing$"
libc = ctypes.CDLL(None, use_errno=True)
possible = []
for name, arguments in {
    "unshare": (0x10000000,),
    "setns": (0, 0),
    "mount": (b"none", b"/tmp", b"tmpfs", 0, None),
    "umount2": (b"/proc", 2),
    "pivot_root": (b"/tmp", b"/tmp"),
    "ptrace": (16, 1, 0, 0),
    "setuid": (0,),
    "chroot": (b"/tmp",),
}.items():
    if getattr(libc, name)(*arguments) == 0:
        possible.append(name)
for number, name in ((321, "bpf"), (298, "perf_event_open"), (425, "io_uring_setup"), (250, "keyctl"), (323, "uffd")):
    if libc.syscall(number, 0, 0, 0, 0, 0) >= 0:
        possible.append(name)
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/1/oom_score_adj"):
    try:
        open(path, "w").close()
        possible.append(path)
    except OSError:
        pass
if subprocess.run(["unshare", "--user", "--map-root-user", "true"], capture_output=True).returncode == 0:
    possible.append("a user name space")
print("possible:", " ".join(possible) or "nothing")
