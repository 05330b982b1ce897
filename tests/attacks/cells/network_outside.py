"""Tries: reach the world by TCP, UDP, IPv6, raw sockets and by name.

Must hold: nothing leaves the machine.
"""

import socket

SAYS = "^$|^reached: nothing$"
reached = []
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 443)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 443)),
    (socket.AF_INET, socket.SOCK_RAW, ("192.0.2.1", 0)),
):
    try:
        with socket.socket(family, kind) as connection:
            connection.settimeout(2)
            connection.connect(address)
            connection.send(b"GET / HTTP/1.0\r\n\r\n")
            reached.append(address[0])
    except OSError:
        pass
try:
    reached.append(socket.getaddrinfo("example.org", 80)[0][4][0])
except OSError:
    pass
print("reached:", " ".join(reached) or "nothing")
