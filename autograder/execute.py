"""Runs a submission's notebook in the sandbox and brings back its outputs and its outbox: the trace.

It replaces nbgrader's own execution, between submission and trace. Cells run one after the other as a person
would run them; an error in one does not stop the next. A kernel that dies, hangs, floods or uses too much
ends the run: then the cells that did not run say so, and what the cells before it left in the outbox is still
read.
"""

import asyncio
import contextlib
import copy
import secrets
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

import nbformat
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import UsageError
from autograder.sandbox.client import CountingSession, SandboxClient, open_context, wait_for_cut, wait_for_death
from autograder.sandbox.command import OUTBOX
from autograder.sandbox.limits import FLOOD_FACTOR, MIB, Limits
from autograder.sandbox.outbox import read_outbox
from autograder.sandbox.outputs import OutputKeeper, error_output, join_streams
from autograder.sandbox.probe import check_sandbox
from autograder.sandbox.process import SandboxError, SandboxProcess
from autograder.sandbox.provisioner import KERNEL_NAME, SandboxProvisioner, SandboxRequest, kernel_specs
from autograder.sandbox.workspace import open_workspace, place_files, place_folder

START_SECONDS = 60.0
INTERRUPT_SECONDS = 5.0  # what a cell gets to end after it was interrupted
CUT_SECONDS = 2.0  # between the end of a dying kernel's connection and that of its processes
LAST_MESSAGES_SECONDS = 0.3  # for the messages of a kernel that has just died
NOTEBOOK_NAME = "notebook.ipynb"


@dataclass(frozen=True)
class Execution:
    """What one run of a notebook brought back.

    Attributes:
        notebook: a copy of the notebook with the outputs of this run, and of no other.
        outbox: content of every plain file in the outbox, by its path relative to the outbox.
        stopped: one sentence for the student: why the notebook did not run to its end; None when it did.
        refused: one sentence for each file that was refused, of the submission's or of the outbox.
        seconds: wall time of the whole run.
        start_seconds: the part of it until the first cell began.
        cell_seconds: wall time of each code cell, in their order; 0 where it did not run.
        peak_memory: most bytes that all processes of the sandbox and its writable folders held together.
        unexplained: whether it was killed, and not by us: by itself, or by somebody on this machine.
    """

    notebook: NotebookNode = field(repr=False)  # asyncio describes the finished task twice, which took a second
    outbox: dict[str, bytes] = field(repr=False)
    stopped: str | None
    refused: tuple[str, ...]
    seconds: float
    start_seconds: float
    cell_seconds: tuple[float, ...]
    peak_memory: int
    unexplained: bool = False


def run_notebook(notebook: NotebookNode, *, files: Mapping[str, bytes], inbox: Path, limits: Limits) -> Execution:
    """Runs all code cells of a notebook in a fresh sandbox.

    When no kernel starts, or it is killed by something unknown, it is run once more in another sandbox, and that run
    counts: the machine may have been short of memory, and the submission is not to pay for it.

    Args:
        notebook: the notebook, version 4; it is not changed.
        files: the submission's other files by their relative path; the notebook's code sees them in `/in`.
        inbox: folder of the probes; the notebook's code sees it read-only as `/inbox`.
        limits: what the run may use.

    Raises:
        UsageError: this machine cannot make the sandbox, or no kernel starts in it.
    """
    check_sandbox()
    try:
        execution = _run_once(notebook, files, inbox, limits)
    except NoKernelError:
        return _run_once(notebook, files, inbox, limits)
    return _run_once(notebook, files, inbox, limits) if execution.unexplained else execution


class NoKernelError(UsageError):
    """No kernel started in the sandbox."""


def _run_once(notebook: NotebookNode, files: Mapping[str, bytes], inbox: Path, limits: Limits) -> Execution:
    with open_workspace() as workspace:
        names = place_files(workspace.submission, {NOTEBOOK_NAME: _encode(nbformat.writes(notebook)), **files})
        refused = tuple(f"{name}: no file of a submission may have this name" for name in names)
        place_folder(workspace.inbox, inbox)
        run = _Run(copy.deepcopy(notebook), SandboxRequest(workspace, limits), refused)
        return _run_to_end(run)


def _encode(text: str) -> bytes:
    """UTF-8, with a question mark for what JSON lets through and UTF-8 does not: half a surrogate pair."""
    return text.encode("utf-8", "replace")


def _run_to_end(run: "_Run") -> Execution:
    """Runs in this thread, or in one of its own where this one is already inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run.execute())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run.execute()).result()


class _Run:
    """One run of one notebook."""

    def __init__(self, notebook: NotebookNode, request: SandboxRequest, refused: tuple[str, ...]) -> None:
        self.notebook = notebook
        self.request = request
        self.limits = request.limits
        self.refused = refused
        self.stopped: str | None = None
        self.unexplained = False
        self.cut: asyncio.Task | None = None
        # our own cells, so that the submission's metadata (tags that skip a cell) have no effect
        self.cells = [
            new_code_cell(_encode(cell.source).decode()) for cell in notebook.cells if cell.cell_type == "code"
        ]

        self.cell_seconds = [0.0] * len(self.cells)

    async def execute(self) -> Execution:
        begin = time.monotonic()
        context = open_context(self.limits)
        manager = AsyncKernelManager(
            kernel_name=KERNEL_NAME,
            kernel_spec_manager=kernel_specs(),
            context=context,
            session=CountingSession(),
        )
        try:
            await self._start(manager)
            start_seconds = time.monotonic() - begin
            await self._run_cells(manager)
            await self._disconnect(context)  # before the kernel ends: afterwards libzmq would wait a second
            sandbox = _sandbox(manager)
            sandbox.kill("the notebook has ended")
            sandbox.wait()
            outbox, refused = read_outbox(sandbox.folders[OUTBOX], self.limits.outbox_size)
        finally:
            await self._disconnect(context)
            if manager.provisioner is not None:
                await manager.provisioner.cleanup()
        return Execution(
            notebook=self._fill_notebook(),
            outbox=outbox,
            stopped=self.stopped,
            refused=self.refused + refused,
            seconds=time.monotonic() - begin,
            start_seconds=start_seconds,
            cell_seconds=tuple(self.cell_seconds),
            peak_memory=sandbox.peak_memory,
            unexplained=self.unexplained,
        )

    async def _disconnect(self, context: zmq.asyncio.Context) -> None:
        if self.cut is not None:
            self.cut.cancel()
            await asyncio.wait({self.cut})
        context.destroy(linger=0)

    async def _start(self, manager: AsyncKernelManager) -> None:
        try:
            await manager.start_kernel(sandbox=self.request)
            self.client = SandboxClient(
                nb=new_notebook(cells=self.cells),
                km=manager,
                allow_errors=True,
                record_timing=False,
                skip_cells_with_tag=secrets.token_hex(),
            )
            self.client.prepare(OutputKeeper(self.limits.output_size), lambda: self._stop_flood(manager))
            self.client.kc = manager.client(context=manager.context)
            self.client.kc.start_channels(hb=False)
            self.cut = asyncio.create_task(wait_for_cut(self.client.kc.iopub_channel.socket))
            self.client.kc.allow_stdin = False
            async with asyncio.timeout(START_SECONDS):
                await self._wait_for_answer(_sandbox(manager))
        except (SandboxError, TimeoutError) as error:
            raise NoKernelError(f"no notebook can run in the sandbox of this machine: {error}") from error

    async def _wait_for_answer(self, sandbox: SandboxProcess) -> None:
        """Until the kernel answers and its outputs arrive."""
        kernel = self.client.kc
        assert kernel is not None
        while True:
            if sandbox.is_dead():
                raise SandboxError("the kernel ended before the first cell")
            kernel.kernel_info()
            with contextlib.suppress(Empty):
                await kernel.shell_channel.get_msg(timeout=1)
                await kernel.iopub_channel.get_msg(timeout=0.2)
                return

    async def _run_cells(self, manager: AsyncKernelManager) -> None:
        sandbox = _sandbox(manager)
        sandbox.set_deadline(self.limits.notebook_seconds + INTERRUPT_SECONDS)
        end = time.monotonic() + self.limits.notebook_seconds
        for index, cell in enumerate(self.cells):
            if self.stopped is None and cell.source.strip():
                begin = time.monotonic()
                await self._run_cell(manager, index, end - begin)
                self.cell_seconds[index] = time.monotonic() - begin
            elif self.stopped is not None:
                cell.outputs = [error_output("NotRun", f"not run: {self.stopped}")]

    async def _run_cell(self, manager: AsyncKernelManager, index: int, left: float) -> None:
        """Runs one cell; sets `stopped` when it was the last one."""
        sandbox, cell = _sandbox(manager), self.cells[index]
        running = asyncio.create_task(self.client.async_execute_cell(cell, index, index + 1))
        dead = asyncio.create_task(wait_for_death(sandbox))
        assert self.cut is not None
        ends = {running, dead, self.cut}
        try:
            await asyncio.wait(ends, timeout=min(self.limits.cell_seconds, left), return_when="FIRST_COMPLETED")
            if self.cut.done():
                await asyncio.wait({dead}, timeout=CUT_SECONDS)
                if not dead.done():
                    sandbox.kill(self._flood_reason())  # libzmq drops a peer whose message is longer than the most
                await dead
            elif not running.done() and not dead.done():
                await self._end_cell(manager, running, dead, index, left)
            if dead.done():
                await asyncio.wait({running}, timeout=LAST_MESSAGES_SECONDS)
                self.stopped = _explain_end(sandbox, index + 1)
                self.unexplained = sandbox.reason is None and sandbox.wait() == 128 + signal.SIGKILL
            elif running.exception() is not None:
                sandbox.kill("it did not answer as a notebook does")
                self.stopped = _explain_end(sandbox, index + 1)
        finally:
            for task in (running, dead):
                task.cancel()
            await asyncio.gather(running, dead, return_exceptions=True)
        cell.outputs = join_streams(cell.outputs)
        if self.stopped is not None:
            cell.outputs.append(error_output("Stopped", self.stopped))

    async def _end_cell(
        self, manager: AsyncKernelManager, running: asyncio.Task, dead: asyncio.Task, index: int, left: float
    ) -> None:
        """A cell has used up its time, or the notebook has: interrupts the cell, or kills the sandbox."""
        sandbox, limits = _sandbox(manager), self.limits
        if left <= limits.cell_seconds:
            sandbox.kill(f"the whole notebook took longer than {limits.notebook_seconds:g} seconds")
            await dead
            return
        with contextlib.suppress(zmq.Again):  # the kernel takes in nothing any more
            await manager.interrupt_kernel()
        await asyncio.wait({running, dead}, timeout=INTERRUPT_SECONDS, return_when="FIRST_COMPLETED")
        late = f"it took longer than {limits.cell_seconds:g} seconds"
        if running.done():
            self.cells[index].outputs.append(error_output("TimeLimit", f"this cell was interrupted: {late}"))
        else:
            sandbox.kill(f"{late} and did not stop when it was interrupted")
            await dead

    def _stop_flood(self, manager: AsyncKernelManager) -> bool:
        """Whether the kernel sent far more than can be kept; then it is killed."""
        assert self.client.kc is not None
        received, most = self.client.kc.session.received, FLOOD_FACTOR * self.limits.output_size
        if received > most:
            _sandbox(manager).kill(self._flood_reason())
        return received > most

    def _flood_reason(self) -> str:
        return f"it printed more than {FLOOD_FACTOR * self.limits.output_size // MIB} MiB"

    def _fill_notebook(self) -> NotebookNode:
        """The submission's notebook with the outputs of this run."""
        code_cells = (cell for cell in self.notebook.cells if cell.cell_type == "code")
        for cell, ran in zip(code_cells, self.cells, strict=True):
            cell.outputs = ran.outputs
            cell.execution_count = (
                ran.execution_count if type(ran.execution_count) is int and ran.execution_count >= 0 else None
            )
        return self.notebook


def _sandbox(manager: AsyncKernelManager) -> SandboxProcess:
    provisioner = manager.provisioner
    assert isinstance(provisioner, SandboxProvisioner) and provisioner.sandbox is not None
    return provisioner.sandbox


def _explain_end(sandbox: SandboxProcess, number: int) -> str:
    """Why the sandbox ended while that code cell (counted from 1) ran, in a sentence for the student."""
    status = sandbox.wait()
    reasons = {
        128 + signal.SIGKILL: "the process was killed, most likely because it used too much memory",
        128 + signal.SIGSEGV: "the process crashed inside compiled code",
        128 + signal.SIGABRT: "the process crashed inside compiled code",
        128 + signal.SIGXCPU: f"it used more than {sandbox.limits.cpu_seconds} seconds of processor time",
    }
    reason = sandbox.reason or reasons.get(status) or f"the process ended itself (exit status {status})"
    return f"The notebook was stopped in code cell {number}: {reason}."
