"""The filter of system calls: closes what name spaces and limits leave open. Between submission and trace.

Three gaps: memory that belongs to no process and no counted file (memfd, System V shared memory), sockets of
families that network name spaces do not hold (AF_VSOCK reaches the host of a virtual machine), and calls that
a notebook never needs but that attacks on the kernel begin with. A refused call gives EPERM, so a library
that only tries one goes on. The program is classic BPF as described in seccomp(2).
"""

import os
import platform
import struct
import sys

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*, linux/audit.h

# numbers of arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h
DENIED: dict[str, tuple[int, int]] = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
}
_SOCKET = (41, 198)
_SOCKETPAIR = (53, 199)
FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: these do follow the network name space

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, JMP|JEQ|K, JMP|JGE|K, RET|K
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # ERRNO with EPERM
_X32 = 0x40000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, low half of the argument


def compile_filter(machine: str) -> bytes | None:
    """The filter for a machine type of `platform.machine()`, or None where we have no numbers for it."""
    if machine not in ARCHITECTURES or sys.byteorder != "little":
        return None
    column = list(ARCHITECTURES).index(machine)
    numbers = [pair[column] for pair in DENIED.values()]
    families = [_instruction(_EQUAL, family, len(FAMILIES) - index, 0) for index, family in enumerate(FAMILIES)]
    socket_part = [_instruction(_LOAD, _FIRST_ARGUMENT), *families, _instruction(_RETURN, _REFUSE)]
    allow = _instruction(_RETURN, _ALLOW)
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, ARCHITECTURES[machine], 1, 0),
        _instruction(_RETURN, _KILL),  # another architecture's calls have other numbers
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32, 0, 1),
        _instruction(_RETURN, _REFUSE),
        *(part for number in numbers for part in (_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _REFUSE))),
        _instruction(_EQUAL, _SOCKET[column], 2, 0),
        _instruction(_EQUAL, _SOCKETPAIR[column], 1, 0),
        allow,
        *socket_part,
        allow,
    ]
    return b"".join(program)


def open_filter() -> int | None:
    """A descriptor from which bubblewrap reads this machine's filter, or None where there is none."""
    program = compile_filter(platform.machine())
    if program is None:
        return None
    reading, writing = os.pipe()
    os.write(writing, program)  # far smaller than a pipe
    os.close(writing)
    return reading


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
