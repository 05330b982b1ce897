"""The grader's end of the conversation with a kernel in a sandbox: between submission and trace.

The grader itself never touches the kernel's sockets, since what arrives there may be anything, in any amount. It has a
relay do that (`autograder.sandbox.relay`), in a sandbox without anything in it, and is sent one report for each cell.
Where the relay is lost, so is the kernel.
"""

import time
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.sandbox.command import SOCKETS
from autograder.sandbox.kernel import SOCKET, Kernel
from autograder.sandbox.limits import FLOOD_FACTOR, MIB, Limits
from autograder.sandbox.peer import Peer, PeerLost
from autograder.sandbox.relay.outputs import clean_count, clean_output
from autograder.sandbox.relay.reports import ENDED, READY, Ended
from autograder.sandbox.running import SandboxError

RELAY_MEMORY = 512 * MIB
"""Addresses of the relay, which hold all messages that have arrived and one that is parsed.

An honest notebook sends at most `FLOOD_FACTOR` times what is kept, 128 MiB. Started, the relay has 45 MiB.
"""
PARSED_FACTOR = 4  # a message of more than this many times what is kept is not parsed, but noted as left out
LAST_REPORT_SECONDS = 5.0  # for the relay to report what it has when the kernel is dead
SEND_SECONDS = 5.0  # for the relay to take in a request


@dataclass(frozen=True)
class CellReport:
    """What became of one cell.

    Attributes:
        ended: how it ended.
        outputs: what is kept of its outputs.
        count: the kernel's number of the execution.
        failed: whether it stopped with an error, which is then its last output of that kind.
    """

    ended: Ended
    outputs: list[NotebookNode]
    count: int | None
    failed: bool


class Conversation:
    """The conversation with one kernel."""

    def __init__(self, kernel: Kernel, limits: Limits) -> None:
        """Starts the relay, which connects as soon as the kernel is there."""
        self._sandbox = kernel.sandbox
        sockets = kernel.sandbox.folders[SOCKETS]
        own = Limits(
            cpu_seconds=2 * round(limits.notebook_seconds) + 60,  # it lives as long, and may be busy all the time
            address_space=RELAY_MEMORY,
            processes=16,
            outbox_size=MIB,
            file_size=MIB,
            open_files=64,
        )
        most = 8 * limits.output_size + MIB  # in JSON a character may take 6 bytes
        self._relay = Peer("autograder.sandbox.relay.serve", ["sandbox/relay"], own, most, [sockets])
        settings = {
            "prefix": f"/proc/self/fd/{sockets}/{SOCKET}",
            "key": kernel.key,
            "kept": limits.output_size,
            "most": FLOOD_FACTOR * limits.output_size,
            "most_parsed": PARSED_FACTOR * limits.output_size,
        }
        self._relay.send(settings, time.monotonic() + SEND_SECONDS)  # fits into the pipe

    def wait_until_ready(self, seconds: float) -> None:
        """Until the kernel answers the relay.

        Raises:
            SandboxError: it does not.
        """
        try:
            answer = self._relay.receive(time.monotonic() + seconds, self._sandbox.pidfd)
        except PeerLost:
            raise SandboxError(f"the connection to the kernel did not come up: {self._relay.said()}") from None
        if answer != READY:
            why = "ended before the first cell" if self._sandbox.is_dead() else "did not answer"
            raise SandboxError(f"the kernel {why}: {self._sandbox.stderr()[-500:]}")

    def run(self, cell: int, source: str, seconds: float) -> None:
        """Has the kernel run a cell."""
        self._relay.send({"do": "run", "cell": cell, "source": source}, time.monotonic() + seconds)

    def interrupt(self) -> None:
        self._relay.send({"do": "interrupt"}, time.monotonic() + SEND_SECONDS)

    def wait_for_report(self, seconds: float) -> CellReport | None:
        """The report on the cell that runs; None where there is none after that time.

        When the kernel dies meanwhile, the report says what arrived before.

        Raises:
            PeerLost: there will be none.
        """
        answer = self._relay.receive(time.monotonic() + seconds, self._sandbox.pidfd)
        if answer is None and self._sandbox.is_dead():
            self._relay.send({"do": "end"}, time.monotonic() + SEND_SECONDS)
            answer = self._relay.receive(time.monotonic() + LAST_REPORT_SECONDS)
            if answer is None:
                raise PeerLost
        return None if answer is None else _read_report(answer)

    def was_killed(self) -> bool:
        """Whether the relay is gone because somebody on this machine killed it."""
        return self._relay.was_killed()

    def close(self) -> None:
        self._relay.close()


def _read_report(answer: Any) -> CellReport:
    """The report, where it is one."""
    if not isinstance(answer, dict) or answer.get("ended") not in ENDED or not isinstance(answer.get("outputs"), list):
        raise PeerLost
    outputs = [output for output in map(clean_output, answer["outputs"]) if output is not None]
    return CellReport(
        answer["ended"], nbformat.from_dict(outputs), clean_count(answer.get("count")), answer.get("failed") is True
    )
