"""Jupyter's protocol as the relay speaks it with one kernel: between submission and trace.

Everything on these sockets comes from the submission's own process and may be anything. Bytes are counted before a part
is looked at, parts that are too long are not parsed, and the connection is never made a second time. Signatures of what
arrives are not checked: the submission knows the key, so they would prove nothing.
"""

import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import zmq

DELIMITER = b"<IDS|MSG>"
MOST_BEFORE = 8  # parts before the delimiter that are looked at; a kernel sends one
SEND_MILLISECONDS = 2000  # else a request to a kernel that has cut its connection waits for ever
WAITING_MESSAGES = 200  # that this side takes in before it has looked at them; the kernel holds 1,000 more
MESSAGE_COST, PART_COST = 200, 64  # bytes that they take besides their content
CHANNELS = {"shell": 1, "iopub": 2, "control": 4}  # that we use, and the number at the end of its socket's name
ALL_CHANNELS = (1, 2, 3, 4, 5)  # the last is made when the others are listened to


@dataclass(frozen=True)
class Message:
    """What a kernel sent, as far as anybody asks.

    Attributes:
        kind: its type, such as "stream".
        parent: identity of the request that it belongs to.
        content: its content, of any shape; None where it was too long to be parsed.
    """

    kind: str
    parent: str
    content: Any


class Channels:
    """The sockets of one kernel.

    Attributes:
        received: bytes that arrived, on all of them.
    """

    def __init__(self, prefix: str, key: str, most: int, most_parsed: int) -> None:
        """Connects, once.

        Args:
            prefix: path of the kernel's sockets without the numbers at their ends.
            key: with which requests are signed.
            most: bytes of one part; a kernel that announces a longer one is cut off.
            most_parsed: bytes of a part that is parsed.
        """
        self.received = 0
        self._key = key.encode()
        self._session = uuid.uuid4().hex
        self._most_parsed = most_parsed
        self._context = zmq.Context()
        self._context.set(zmq.MAX_SOCKETS, 16)
        self.sockets: dict[str, zmq.Socket[bytes]] = {}
        self.monitors: list[zmq.Socket[bytes]] = []
        for name, number in CHANNELS.items():
            socket = self._context.socket(zmq.SUB if name == "iopub" else zmq.DEALER)
            socket.setsockopt(zmq.RECONNECT_IVL, -1)  # never again
            socket.setsockopt(zmq.SNDTIMEO, SEND_MILLISECONDS)
            socket.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
            socket.setsockopt(zmq.MAXMSGSIZE, most)
            socket.setsockopt(zmq.LINGER, 0)
            if name == "iopub":
                socket.setsockopt(zmq.SUBSCRIBE, b"")
            self.monitors.append(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
            socket.connect(f"ipc://{prefix}-{number}")
            self.sockets[name] = socket

    def ask(self, channel: str, kind: str, content: dict[str, Any]) -> str:
        """Sends a request; returns its identity. One that the kernel does not take in is lost."""
        identity = uuid.uuid4().hex
        header = {
            "msg_id": identity,
            "msg_type": kind,
            "session": self._session,
            "username": "grader",
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "version": "5.3",
        }
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        signature = hmac.new(self._key, b"".join(parts), hashlib.sha256).hexdigest().encode()
        with contextlib.suppress(zmq.Again):
            self.sockets[channel].send_multipart([DELIMITER, signature, *parts])
        return identity

    def receive(self, channel: str, most: int) -> Iterator[Message]:
        """What has arrived on a channel, at most so many messages; what is no message is passed over."""
        for _ in range(most):
            try:
                parts = self.sockets[channel].recv_multipart(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return
            self.received += MESSAGE_COST + sum(PART_COST + len(part) for part in parts)
            message = self._read(parts)
            if message is not None:
                yield message

    def _read(self, parts: list[zmq.Frame]) -> Message | None:
        starts = [n for n, part in enumerate(parts[:MOST_BEFORE]) if len(part) == 9 and part.bytes == DELIMITER]
        if not starts or len(parts) < starts[0] + 6:
            return None
        header, parent, _, content = parts[starts[0] + 2 : starts[0] + 6]
        if len(header) > self._most_parsed or len(parent) > self._most_parsed:
            return None
        try:
            kind, identity = json.loads(header.bytes)["msg_type"], json.loads(parent.bytes)["msg_id"]
            body = json.loads(content.bytes) if len(content) <= self._most_parsed else None
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        return Message(kind, identity, body) if isinstance(kind, str) and isinstance(identity, str) else None
