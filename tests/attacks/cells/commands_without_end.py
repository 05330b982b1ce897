"""Tries: send commands of the connection's own protocol: pings, subscriptions, a second greeting, one of 100 MiB.

Must hold: they are answered, refused or cut off, by a process that may hold little.
"""

import os
import socket
import struct
import time

ENDS = "it printed more than 128 MiB, or broke its connection"
found = {}
for name in os.listdir("/proc/self/fd"):
    try:
        one = socket.socket(fileno=os.dup(int(name)))
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found[str(one.getsockname())[-2:]] = one
    except OSError:
        pass
for one in found.values():
    one.settimeout(2)
try:
    ping = b"\x04PING" + b"\x00\x10" + b"c" * 16
    for _ in range(200):
        found["-2"].sendall((struct.pack("BB", 0x04, len(ping)) + ping) * 2000)
    found["-4"].sendall(b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL" + bytes(48) + b"\x04\x19\x05READY" + b"A" * 18)
    found["-1"].sendall(struct.pack(">BQ", 0x06, 100 * 2**20) + b"\x05READY" + b"\x01A" * 50 * 2**20)
except OSError as error:
    print(error)
time.sleep(60)
