"""Tries: send messages of JSON that is hard to read: huge numbers, deep nesting, no UTF-8, half characters, many buffers.

Must hold: what is no message is passed over, and the cell ends as others do.
"""

import json

ALONE = True
SAYS = "^before\nafter$"
print("before")
kernel = get_ipython().kernel
parent = json.dumps({"msg_id": kernel.get_parent()["header"]["msg_id"]}).encode()
header = json.dumps({"msg_type": "stream"}).encode()
odd = [b"9" * 1_000_000, b"1e999999", b"NaN", b"-Infinity", b"[" * 1_000_000, b'{"a":' * 1_000_000, b"\xff\xfe" * 10_000]
odd += [b'"\\ud800"', b'{"name": "stdout", "text": "\\ud800\\udc"}', "{}".encode("utf-16"), "{}".encode("utf-32"), b""]
odd += [b'{"data": {"a": 1, "a": ' + b"1" * 4000 + b"}}", b'{"execution_state": NaN}', b'{"text": ' + b"1.1" * 99_999 + b"}"]
for part in odd:
    for kind in (b"stream", b"status", b"display_data", b"error", b"execute_result", b"clear_output"):
        named = json.dumps({"msg_type": kind.decode()}).encode()
        kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", named, parent, part, part])
    kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", part, part, b"{}", b"{}"])
    kernel.iopub_socket.send_multipart([b"topic"] * 20 + [b"<IDS|MSG>", b"", header, parent, b"{}", part])
    kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", header, parent, b"{}", part] + [b"buffer"] * 1000)
get_ipython().display_pub.clear_output()
print("before")
print("after")
