"""Tries: reach services of this machine: loopback, abstract and named Unix sockets, VSOCK, netlink, packets.

Must hold: none answers.
"""

import glob
import socket

SAYS = "^reached: nothing$"
reached = []
targets = [(socket.AF_INET, ("127.0.0.1", int("HOST_PORT"))), (socket.AF_UNIX, "\0HOST_ABSTRACT")]
targets += [(socket.AF_UNIX, path) for path in glob.glob("/run/**/*.sock", recursive=True) + ["/var/run/docker.sock"]]
targets += [(getattr(socket, "AF_VSOCK", 40), (2, 1024)), (getattr(socket, "AF_PACKET", 17), ("lo", 0))]
for family, address in targets:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            connection.connect(address)
            reached.append(str(address))
    except OSError:
        pass
print("reached:", " ".join(reached) or "nothing")
