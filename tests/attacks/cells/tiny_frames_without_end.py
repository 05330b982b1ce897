"""Tries: the same on the other channels, with frames of no bytes, each of which takes the receiver 64 bytes.

Must hold: whoever collects them may hold little, and the run ends; the grader does not grow.
"""

import os
import socket
import threading

ENDS = "it printed more than 128 MiB, or broke its connection"
found = {}
for name in os.listdir("/proc/self/fd"):
    try:
        one = socket.socket(fileno=os.dup(int(name)))
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found[str(one.getsockname())[-2:]] = one
    except OSError:
        pass


def send(one):
    one.setblocking(True)
    while True:
        one.sendall(b"\x01\x00" * 2**20)


for channel in ("-1", "-4"):
    threading.Thread(target=send, args=(found[channel],), daemon=True).start()
send(found["-2"])
