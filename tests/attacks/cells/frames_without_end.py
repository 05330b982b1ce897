"""Tries: write frames into the grader's own connection, each with the mark that more of the same message will follow.

Must hold: whoever collects them may hold little, and the run ends; the grader does not grow.
"""

import os
import socket
import struct

ENDS = "it printed more than 128 MiB, or broke its connection"
for name in os.listdir("/proc/self/fd"):
    try:
        found = socket.socket(fileno=os.dup(int(name)))
        if str(found.getsockname()).endswith("-2") and not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            break
    except OSError:
        pass
found.setblocking(True)
block = struct.pack(">BQ", 0x03, 2**25) + b"x" * 2**25
for _ in range(100):
    found.sendall(block)
