"""Tries: send a message in order, in which each three bytes of JSON become sixty when they are read.

Must hold: it is read by a process that may hold little, and the run ends; the grader does not grow.
"""

import json

ENDS = "it printed more than 128 MiB, or broke its connection"
kernel = get_ipython().kernel
parent = json.dumps({"msg_id": kernel.get_parent()["header"]["msg_id"]}).encode()
header = json.dumps({"msg_type": "stream"}).encode()
for part in (b"[" + b"[]," * 9_000_000 + b"[]]", b"[" + b"{}," * 9_000_000 + b"{}]", b"[" + b'"\\u0100",' * 3_000_000 + b"1]"):
    kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", header, parent, b"{}", part])
    kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", part, parent, b"{}", b"{}"])
