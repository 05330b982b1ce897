"""Runs the code cells of one notebook in one sandbox, one after the other as a person would run them.

Between submission and trace, for `autograder.execute`, which decides what such a run counts. An error in a cell does
not stop the next. A kernel that dies, hangs, floods or uses too much ends the run: then the cells that did not run say
so, and what the cells before it left in the outbox is still read.
"""

import copy
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import GraderFault, UsageError
from autograder.execution import CellFailure, Execution, Place
from autograder.failures import line_of_exit, place_of, read_failure
from autograder.sandbox.command import OUTBOX
from autograder.sandbox.conversation import CellReport, Conversation
from autograder.sandbox.kernel import start_kernel
from autograder.sandbox.limits import FLOOD_FACTOR, MIB, Limits
from autograder.sandbox.outbox import take_outbox
from autograder.sandbox.peer import PeerLost
from autograder.sandbox.relay.outputs import error_output
from autograder.sandbox.running import Sandbox, SandboxError
from autograder.sandbox.warm.template import Template
from autograder.sandbox.workspace import Workspace

START_SECONDS = 60.0
INTERRUPT_SECONDS = 5.0  # what a cell gets to end after it was interrupted
CUT_SECONDS = 2.0  # between the end of a dying kernel's connection and that of its processes
EXITED = "the cell ended it with `exit()` or `quit()`"


@dataclass(frozen=True)
class How:
    """What a run may use, the helpers that it may import, and the number of its last code cell."""

    limits: Limits
    helpers: tuple[Path, ...]
    last: int | None


class NoKernelError(UsageError):
    """No kernel started in the sandbox."""


class KilledFromOutsideError(GraderFault):
    """Somebody on this machine, such as its kernel where memory is short, killed a process that the run needs."""


class NotebookRun:
    """One run of one notebook."""

    def __init__(self, notebook: NotebookNode, workspace: Workspace, how: How, template: Template | None) -> None:
        self.notebook = copy.deepcopy(notebook)
        self.workspace = workspace
        self.limits = how.limits
        self.helpers = how.helpers
        self.last = how.last
        self.template = template
        self.stopped: str | None = None
        self.unexplained = False
        # only their sources: the submission's metadata (tags that skip a cell) have no effect
        self.cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        self.cell_seconds = [0.0] * len(self.cells)
        self.failures: list[CellFailure] = []
        self.stopped_in: int | None = None

    def execute(self, refused: tuple[str, ...], outbox: Path | None) -> Execution:
        taken: tuple[str, ...] = ()
        left_out: tuple[str, ...] = ()
        begin = time.monotonic()
        try:
            kernel = start_kernel(self.workspace, self.limits, self.helpers, self.template)
        except SandboxError as error:
            raise _no_kernel(error) from error
        sandbox = kernel.sandbox
        conversation = None
        try:
            try:
                conversation = Conversation(kernel, self.limits)
                conversation.wait_until_ready(START_SECONDS)
            except (SandboxError, PeerLost) as error:
                raise _no_kernel(error) from error
            start_seconds = time.monotonic() - begin
            self._run_cells(sandbox, conversation)
            sandbox.kill("the notebook has ended")
            sandbox.wait()
            if outbox is not None:
                taken, left_out = take_outbox(sandbox.folders[OUTBOX], outbox, self.limits.outbox_size)
        finally:
            if conversation is not None:
                conversation.close()
            sandbox.close()
        return Execution(
            notebook=self.notebook,
            outbox=taken,
            stopped=self.stopped,
            refused=refused + left_out,
            seconds=time.monotonic() - begin,
            start_seconds=start_seconds,
            cell_seconds=tuple(self.cell_seconds),
            peak_memory=sandbox.peak_memory,
            unexplained=self.unexplained,
            failures=tuple(self.failures),
            stopped_in=self.stopped_in,
        )

    def _run_cells(self, sandbox: Sandbox, conversation: Conversation) -> None:
        sandbox.set_deadline(self.limits.notebook_seconds + INTERRUPT_SECONDS)
        end = time.monotonic() + self.limits.notebook_seconds
        for index, cell in enumerate(self.cells):
            cell.outputs, cell.execution_count = [], None
            if self.last is not None and index >= self.last:
                continue
            if self.stopped is not None:
                cell.outputs = [_error("NotRun", f"not run: {self.stopped}")]
            elif cell.source.strip():
                begin = time.monotonic()
                self._run_cell(sandbox, conversation, index, end - begin)
                self.cell_seconds[index] = time.monotonic() - begin

    def _run_cell(self, sandbox: Sandbox, conversation: Conversation, index: int, left: float) -> None:
        """Runs one cell; sets `stopped` when it was the last one."""
        cell = self.cells[index]
        seconds = max(0.0, min(self.limits.cell_seconds, left))
        notes: list[NotebookNode] = []
        report: CellReport | None = None
        try:
            conversation.run(index, encode(cell.source).decode(), seconds)
            report = conversation.wait_for_report(seconds)
            if report is None:
                report, notes = self._end_cell(sandbox, conversation, left)
        except PeerLost:
            if conversation.was_killed():
                raise KilledFromOutsideError from None
            if not sandbox.is_dead():
                sandbox.kill(self._flood_reason())
        if report is not None:
            cell.outputs, cell.execution_count = report.outputs, report.count
            self._end_kernel(sandbox, report)
            if report.failed:
                self.failures.append(read_failure(self.cells, index, interrupted=bool(notes)))
        cell.outputs += notes
        if sandbox.is_dead() or sandbox.reason is not None:
            if sandbox.reason is None and sandbox.was_lost():
                raise KilledFromOutsideError
            self.stopped = _explain_end(sandbox, place_of(self.cells, index, line_of_exit(cell.source)))
            self.stopped_in = index + 1
            self.unexplained = sandbox.reason is None and sandbox.wait() == 128 + signal.SIGKILL
            cell.outputs.append(_error("Stopped", self.stopped))

    def _end_cell(
        self, sandbox: Sandbox, conversation: Conversation, left: float
    ) -> tuple[CellReport | None, list[NotebookNode]]:
        """A cell has used up its time, or the notebook has: interrupts the cell, or kills the sandbox."""
        limits = self.limits
        if left <= limits.cell_seconds:
            sandbox.kill(f"the whole notebook took longer than {limits.notebook_seconds:g} seconds")
            return conversation.wait_for_report(INTERRUPT_SECONDS), []
        conversation.interrupt()
        late = f"it took longer than {limits.cell_seconds:g} seconds"
        report = conversation.wait_for_report(INTERRUPT_SECONDS)
        if report is not None and report.ended == "done":
            return report, [_error("TimeLimit", f"this cell was interrupted: {late}")]
        if report is None:
            sandbox.kill(f"{late} and did not stop when it was interrupted")
            report = conversation.wait_for_report(INTERRUPT_SECONDS)
        return report, []

    def _end_kernel(self, sandbox: Sandbox, report: CellReport) -> None:
        """Ends the sandbox where a cell was its kernel's last one."""
        if report.ended == "exit":
            sandbox.kill(EXITED)
        elif report.ended == "flood":
            sandbox.kill(self._flood_reason())
        elif report.ended == "cut" and not sandbox.is_dead(CUT_SECONDS):
            sandbox.kill(self._flood_reason())  # libzmq drops a peer whose message is longer than the most
        elif report.ended == "dead":
            sandbox.wait()

    def _flood_reason(self) -> str:
        most = FLOOD_FACTOR * self.limits.output_size // MIB
        return f"it printed more than {most} MiB, or broke its connection to the autograder"


def encode(text: str) -> bytes:
    """UTF-8, with a question mark for what JSON lets through and UTF-8 does not: half a surrogate pair."""
    return text.encode("utf-8", "replace")


def _no_kernel(error: Exception) -> NoKernelError:
    return NoKernelError(f"no notebook can run in the sandbox of this machine: {error}")


def _error(name: str, sentence: str) -> NotebookNode:
    return nbformat.from_dict(error_output(name, sentence))


def _explain_end(sandbox: Sandbox, place: Place) -> str:
    """Why the sandbox ended while a cell ran, in a sentence for the student.

    Args:
        sandbox: which has ended.
        place: the cell, and the line that ends its process if it has one.
    """
    status = sandbox.wait()
    reasons = {
        128 + signal.SIGKILL: "the process was killed, most likely because it used too much memory",
        128 + signal.SIGSEGV: "the process crashed inside compiled code",
        128 + signal.SIGABRT: "the process crashed inside compiled code",
        128 + signal.SIGXCPU: f"it used more than {sandbox.limits.cpu_seconds} seconds of processor time",
    }
    reason = sandbox.reason or reasons.get(status) or "the process ended itself"
    by_itself = sandbox.reason == EXITED or (sandbox.reason is None and status not in reasons)
    line = f", line {place.line}: `{place.code}`" if place.line and by_itself else ""
    return f"The notebook was stopped in {place.cell}: {reason}{line}."
