"""Tries: find a descriptor of the template: its socket to the grader, to ask for another fork or to forge an answer, the line of its warden, or a pipe of another sandbox.

Must hold: the only thing that leads out of the sandbox is its own standard error.
"""

import fcntl
import json
import os
import socket
import stat
import struct

WARM = True
SAYS = "^\\[\\] 1$"

out, lonely = [], 0
inside = {}
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        inside.setdefault(os.readlink(f"/proc/self/fd/{number}"), []).append(number)
    except OSError:
        pass
for name, numbers in inside.items():
    for number in numbers:
        mode = os.fstat(number).st_mode
        if stat.S_ISSOCK(mode):
            end = socket.socket(fileno=os.dup(number))
            if end.family != socket.AF_UNIX or end.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                continue
            peer, _, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            if end.type == socket.SOCK_SEQPACKET:
                for forged in (b"ended 0", b"forked", json.dumps({"limits": {}}).encode()):
                    end.send(forged, socket.MSG_DONTWAIT)
                out.append(name)
            elif peer == 0 and not end.getsockname():  # not one that was accepted by the kernel's own sockets
                out.append(name)
    if all(stat.S_ISFIFO(os.fstat(number).st_mode) for number in numbers):
        lonely += len({fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE for number in numbers}) == 1
print(out, lonely)
