"""How this side talks with a kernel in the sandbox while a submission runs: between submission and trace.

Everything on the connection comes from the submission's own process and may be anything. So messages are
counted, unknown ones are passed over, nothing is waited for without an end, and the connection is never made
a second time, since it could then be led elsewhere.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import zmq.asyncio
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from autograder.sandbox.limits import FLOOD_FACTOR, Limits
from autograder.sandbox.outputs import OutputKeeper
from autograder.sandbox.process import SandboxProcess

SEND_MILLISECONDS = 2000  # else a request to a kernel that has cut its connection waits for ever
WAITING_MESSAGES = 200  # that this side takes in before it has looked at them; the kernel holds 1,000 more


def open_context(limits: Limits) -> zmq.asyncio.Context:
    """The settings of all connections to one kernel."""
    context = zmq.asyncio.Context()
    context.reconnect_ivl = -1  # never again
    context.sndtimeo = SEND_MILLISECONDS
    context.rcvhwm = WAITING_MESSAGES
    context.maxmsgsize = FLOOD_FACTOR * limits.output_size
    return context


class CountingSession(Session):
    """Reads the kernel's messages fast, and counts their bytes.

    Signatures are not checked: the submission knows the key, so they would prove nothing.
    """

    received = 0

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        self.received += sum(len(part) for part in msg_list)
        header, parent, body = (json.loads(msg_list[part]) for part in (1, 2, 4))
        return {"msg_type": header["msg_type"], "parent_header": parent, "content": body}


class SandboxClient(NotebookClient):
    """nbclient's way to run a cell, with our way to keep its outputs."""

    def prepare(self, keeper: OutputKeeper, flooded: Callable[[], bool]) -> None:
        self.keeper = keeper
        self.flooded = flooded
        self.clear_first = False

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        assert self.kc is not None
        while not self.flooded():
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=None)
                if message["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                return
            except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
                continue  # not a message of a kernel

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> None:
        """Keeps outputs; display updates and messages of widgets are dropped."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "status" and content["execution_state"] == "idle":
            raise CellExecutionComplete
        if kind == "clear_output":
            self.clear_first = bool(content.get("wait"))
            if not self.clear_first:
                self.keeper.clear(cell.outputs, cell_index)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if self.clear_first:
                self.keeper.clear(cell.outputs, cell_index)
                self.clear_first = False
            self.keeper.keep(cell.outputs, cell_index, kind, content)


async def wait_for_cut(channel: zmq.asyncio.Socket) -> None:
    """Ends when the connection for outputs does."""
    monitor = channel.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    try:
        await monitor.recv_multipart()
    finally:
        channel.disable_monitor()  # it would hold up the end of the context
        monitor.close(linger=0)


async def wait_for_death(sandbox: SandboxProcess) -> None:
    """Ends when all processes of the sandbox have."""
    loop = asyncio.get_running_loop()
    died = loop.create_future()
    loop.add_reader(sandbox.pidfd, _settle, died)
    try:
        await died
    finally:
        loop.remove_reader(sandbox.pidfd)


def _settle(future: asyncio.Future) -> None:
    if not future.done():
        future.set_result(None)
