"""The system calls of a warm start that Python has no function for: between submission and trace.

Numbers are those of the Linux headers; all of them are the same on x86_64 and aarch64.
"""

import ctypes
import fcntl
import os
import socket
import struct

NEW_USERS, NEW_MOUNTS, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x00020000, 0x20000000, 0x40000000
NEW_NAMES, NEW_IPC, NEW_CONTROL_GROUPS = 0x04000000, 0x08000000, 0x02000000
READ_ONLY, NO_SET_UID, NO_DEVICES, NO_PROGRAMS, REMOUNT = 1, 2, 4, 8, 32
BIND, WITH_ALL_BELOW, PRIVATE = 4096, 16384, 1 << 18

_DIE_WITH_PARENT, _SET_DUMPABLE, _SET_FILTER, _DROP_BOUND, _NO_NEW_PRIVILEGES, _AMBIENT = 1, 4, 22, 24, 38, 47
_FILTER_MODE, _AMBIENT_CLEAR_ALL = 2, 4
_CAPABILITIES_VERSION = 0x20080522
_INTERFACE_FLAGS, _SET_INTERFACE_FLAGS, _UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    words = [None if word is None else word.encode() for word in (source, target, kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount on {target}")


def bind_read_only(source: str, target: str) -> None:
    """Shows `source` at `target`, which is then read-only; mounts below `source` come with it as they are."""
    mount(source, target, None, BIND | WITH_ALL_BELOW)
    kept = os.statvfs(target).f_flag & (READ_ONLY | NO_SET_UID | NO_DEVICES | NO_PROGRAMS)  # the same numbers
    mount("none", target, None, BIND | REMOUNT | READ_ONLY | NO_SET_UID | NO_DEVICES | kept)


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when its parent ends; ends it at once where that has happened already."""
    _prctl(_DIE_WITH_PARENT, 9)
    if os.getppid() != parent:
        os._exit(1)


def drop_privileges() -> None:
    """No capability is left, and none can be had again, by whatever is executed."""
    _prctl(_NO_NEW_PRIVILEGES, 1)
    _prctl(_AMBIENT, _AMBIENT_CLEAR_ALL)
    last = int(_read("/proc/sys/kernel/cap_last_cap"))
    for capability in range(last + 1):
        _prctl(_DROP_BOUND, capability)
    head = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    _check(_libc.capset(head, bytes(24)), "capset")
    _prctl(_SET_DUMPABLE, 1)  # as a program that was executed: its own files in /proc are its own


def install_filter(program: bytes) -> None:
    """Puts the filter of system calls into force, for this process and all that it makes."""
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    holder = ctypes.create_string_buffer(head, len(head))
    _check(_libc.prctl(_SET_FILTER, _FILTER_MODE, ctypes.byref(holder), 0, 0), "prctl")


def bring_loopback_up() -> None:
    """As bubblewrap does: programs may talk with themselves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        _, flags, _ = struct.unpack("16sH14s", fcntl.ioctl(any_socket, _INTERFACE_FLAGS, request))
        fcntl.ioctl(any_socket, _SET_INTERFACE_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))


def _prctl(option: int, argument: int) -> None:
    _check(_libc.prctl(option, *(ctypes.c_ulong(value) for value in (argument, 0, 0, 0))), "prctl")


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def _read(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 -- no further import for one call
        return file.read()
