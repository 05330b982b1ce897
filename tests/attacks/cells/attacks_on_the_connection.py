"""Tries: break the grader's end of the connection: replace the sockets, send junk, answer in its place.

Must hold: the grader keeps its first connection, and passes over what is no message.
"""

import json
import os
import socket

ALONE = True
SAYS = "^sent$"
kernel = get_ipython().kernel
for name in os.listdir("/sockets"):
    os.rename(f"/sockets/{name}", f"/sockets/old-{name}")
    os.symlink("COURSE_ROOT/.autograder/secret", f"/sockets/{name}")
parent = json.dumps({"msg_id": kernel.get_parent()["header"]["msg_id"]}).encode()
for junk in (b"", b"junk", b"[" * 100_000, b"{}" * 1000, b"\xff\xfe", b'{"msg_type": {"a": []}}', b"null"):
    kernel.iopub_socket.send_multipart([junk])
    kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", junk, parent, junk, junk])
socket.socketpair()
print("sent")
