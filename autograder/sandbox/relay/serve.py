"""The relay's process: runs cells for the grader and reports what became of each. Between submission and trace.

It may be starved, flooded or killed by what a kernel sends; the grader has all clocks, and takes a relay that is gone
for the end of the connection.
"""

import os
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

import zmq

from autograder.sandbox.relay.channels import ALL_CHANNELS, Channels, Message
from autograder.sandbox.relay.outputs import Output, OutputKeeper, clean_count, join_streams
from autograder.sandbox.relay.reports import READY, Ended
from autograder.sandbox.wire import read_frame, write_frame

AT_ONCE = 100  # messages of one channel before the others are looked at again
ASK_AGAIN_SECONDS = 1.0  # until a kernel that starts has answered
IDLE_SECONDS = 4.0  # for the outputs of a cell that the kernel says it has run, as nbclient waits for them
LAST_MESSAGES_SECONDS = 0.3  # for the messages of a kernel that has just died


@dataclass
class _Running:
    """The cell that runs."""

    cell: int
    request: str
    outputs: list[Output] = field(default_factory=list)
    count: int | None = None
    exits: bool = False
    failed: bool = False
    replied_at: float | None = None
    idle: bool = False
    clear_first: bool = False


def serve() -> None:
    """Does what the grader asks on standard input, until it is closed."""
    status = 0
    try:
        settings = read_frame(0)
        if settings is not None:
            _Relay(settings).serve()
    except MemoryError:  # what arrived was larger than all that this process may hold
        status = 1
    except BaseException:
        traceback.print_exc()
        status = 2
    os._exit(status)  # libzmq would wait for its threads


class _Relay:
    def __init__(self, settings: dict[str, Any]) -> None:
        self._wait_for_sockets(settings["prefix"])
        self._most = settings["most"]
        self._keeper = OutputKeeper(settings["kept"])
        self._running: _Running | None = None
        self._heard: set[str] = set()
        self._cut = False
        self._channels = Channels(settings["prefix"], settings["key"], self._most, settings["most_parsed"])
        self._poller = zmq.Poller()
        self._poller.register(0, zmq.POLLIN)
        for socket in (*self._channels.sockets.values(), *self._channels.monitors):
            self._poller.register(socket, zmq.POLLIN)

    def _wait_for_sockets(self, prefix: str) -> None:
        """Until the kernel has made all of them, so that even the last that we use is listened to by then."""
        waiting = [f"{prefix}-{number}" for number in ALL_CHANNELS]
        while waiting:
            if os.path.exists(waiting[-1]):  # noqa: PTH110 -- no further import for one call
                waiting.pop()
            else:
                time.sleep(0.005)

    def serve(self) -> None:
        self._wait_for_kernel()
        while self._step():
            pass

    def _wait_for_kernel(self) -> None:
        """Until it answers and its outputs arrive."""
        asked = 0.0
        while not self._heard >= {"shell", "iopub"}:
            if time.monotonic() - asked > ASK_AGAIN_SECONDS:
                self._channels.ask("shell", "kernel_info_request", {})
                asked = time.monotonic()
            self._poller.poll(20)
            for channel in ("shell", "iopub"):
                if any(True for _ in self._channels.receive(channel, AT_ONCE)):
                    self._heard.add(channel)
        write_frame(1, READY)

    def _step(self) -> bool:
        """One round of looking at everything; False when the grader has gone."""
        ready = dict(self._poller.poll(100))
        if 0 in ready:
            request = read_frame(0)
            if request is None:
                return False
            self._do(request)
        for channel, socket in self._channels.sockets.items():
            if socket in ready:
                self._take_in(channel)
        for monitor in self._channels.monitors:
            if monitor in ready:
                monitor.recv_multipart()
                self._cut = True
        if self._channels.received > self._most:
            self._report("flood")
        elif self._running is not None and self._has_ended(self._running):
            self._report("exit" if self._running.exits else "done")
        elif self._cut and not any(socket in ready for socket in self._channels.sockets.values()):
            self._report("cut")
        return True

    def _do(self, request: dict[str, Any]) -> None:
        if request["do"] == "run":
            content = {
                "code": request["source"],
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            }
            self._running = _Running(request["cell"], self._channels.ask("shell", "execute_request", content))
        elif request["do"] == "interrupt":
            self._channels.ask("control", "interrupt_request", {})
        elif request["do"] == "end":
            end = time.monotonic() + LAST_MESSAGES_SECONDS
            while time.monotonic() < end and self._poller.poll(50):
                for channel in self._channels.sockets:
                    self._take_in(channel)
            self._report("dead")

    def _take_in(self, channel: str) -> None:
        for message in self._channels.receive(channel, AT_ONCE):
            running = self._running
            if running is None or message.parent != running.request:
                continue
            if channel == "iopub":
                self._take_output(running, message)
            elif channel == "shell" and message.kind == "execute_reply" and isinstance(message.content, dict):
                running.replied_at = time.monotonic()
                running.count = clean_count(message.content.get("execution_count"))
                running.failed = message.content.get("status") == "error"
                payload = message.content.get("payload")
                running.exits = isinstance(payload, list) and any(
                    isinstance(part, dict) and part.get("source") == "ask_exit" and part.get("keepkernel") is not True
                    for part in payload[:100]
                )

    def _take_output(self, running: _Running, message: Message) -> None:
        """Keeps outputs; display updates and messages of widgets are dropped."""
        kind, content = message.kind, message.content
        if kind == "status" and isinstance(content, dict) and content.get("execution_state") == "idle":
            running.idle = True
        elif kind == "clear_output":
            running.clear_first = isinstance(content, dict) and bool(content.get("wait"))
            if not running.clear_first:
                self._keeper.clear(running.outputs, running.cell)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if running.clear_first:
                self._keeper.clear(running.outputs, running.cell)
                running.clear_first = False
            if content is None:
                self._keeper.drop(running.outputs, running.cell)
            else:
                self._keeper.keep(running.outputs, running.cell, kind, content)

    def _has_ended(self, running: _Running) -> bool:
        late = running.replied_at is not None and time.monotonic() - running.replied_at > IDLE_SECONDS
        return running.replied_at is not None and (running.idle or late)

    def _report(self, ended: Ended) -> None:
        """Answers the request for the cell that runs; nothing where none does."""
        running, self._running = self._running, None
        if running is not None:
            outputs = join_streams(running.outputs)
            report = {"ended": ended, "outputs": outputs, "count": running.count, "failed": running.failed}
            write_frame(1, report)
