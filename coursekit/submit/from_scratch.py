"""Runs a notebook from scratch in a new kernel, and shows what it does while it does it.

Part of the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The
notebook's file is only replaced when every cell has run.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

Show = Callable[[str], None]
MOST_OF_PATH = 80  # characters of a folder of sockets, whose whole paths may have 103 (sun_path in macOS's <sys/un.h>)


class CellFailed(Exception):
    """A cell did not run to its end; the message is a sentence that says which, and why."""


def open_notebook(path: Path) -> NotebookNode:
    """Read the notebook at `path`.

    Raises:
        ValueError: it is missing or no notebook; the message is a sentence.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise ValueError(f"{path.name} is not in {path.parent.resolve()}: run this in the folder of the kit.") from None
    except Exception as error:  # nbformat has no one kind of error for what is not a notebook
        raise ValueError(f"{path.name} is not a notebook that can be read ({_first_line(error)}).") from None
    return notebook


def run_notebook(notebook: NotebookNode, folder: Path, show: Show = print) -> None:
    """Run all code cells of `notebook`, in `folder`, and put their outputs into it.

    Raises:
        CellFailed: a cell ended with an error, or the kernel did, or did not start; the outputs up to there are in
            `notebook`.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    client = _Client(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
    )
    client.show, client.number_of = show, {id(cell): number for number, cell in enumerate(cells, 1)}
    with (
        tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as sockets,
        tempfile.TemporaryFile() as log,  # what the kernel says about itself is not for students
    ):
        client.sockets = Path(sockets)
        try:
            client.execute(stderr=log)
        except CellExecutionError as error:
            unwritten = error.ename == "NotImplementedError" and not error.evalue
            said = "a function is not written yet" if unwritten else _first_line(error.evalue)
            raise CellFailed(f"{client.place()} stops with {error.ename}: {said}") from None
        except (DeadKernelError, CellTimeoutError):
            raise CellFailed(f"{client.place()} ended Python itself; perhaps the memory was not enough.") from None
        except RuntimeError as error:  # of jupyter_client
            if client.has_begun():
                raise
            atexit.unregister(client._cleanup_kernel)  # nbclient would end what never began, with a traceback
            why = _last_line(log) or _first_line(error)
            raise CellFailed(f"Python's kernel did not start ({why}): run this once more.") from None


class _Client(NotebookClient):
    """Shows each cell as it starts, and what it prints as it is printed."""

    show: Show
    number_of: dict[int, int]
    sockets: Path

    def __init__(self, notebook: NotebookNode, **settings: Any) -> None:
        super().__init__(notebook, **settings)
        self._cell: NotebookNode | None = None
        self._line = ""
        self._terminal = sys.stdout.isatty()
        self._started = 0.0
        self.on_cell_execute = self._begin
        self.on_cell_executed = self._end

    def create_kernel_manager(self) -> Any:
        """Where the system has sockets in a folder, the kernel gets its own.

        The free ports that it would look for can be those of another kernel that starts at the same moment.
        """
        manager = super().create_kernel_manager()
        if os.name == "posix" and len(str(self.sockets)) <= MOST_OF_PATH:
            manager.transport, manager.connection_file = "ipc", str(self.sockets / "k.json")
        return manager

    def has_begun(self) -> bool:
        """Whether a cell has."""
        return self._cell is not None

    def place(self) -> str:
        """Which cell is running, in words."""
        if self._cell is None:
            return "The kernel"
        return f"Code cell {self.number_of[id(self._cell)]} ({_name(self._cell)})"

    def _begin(self, cell: NotebookNode, cell_index: int) -> None:
        if id(cell) not in self.number_of:
            return
        self._cell, self._line, self._started = cell, "", time.perf_counter()
        self.show(f"[{self.number_of[id(cell)]:>2}/{len(self.number_of)}] {_name(cell)}")

    def _end(self, cell: NotebookNode, cell_index: int, **_: Any) -> None:
        seconds = time.perf_counter() - self._started
        self._print(self._line)
        if seconds >= 5:
            self.show(f"        ({seconds:.0f} s)")

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg["msg_type"] == "stream":
            *lines, self._line = (self._line + msg["content"]["text"]).split("\n")
            for line in lines:
                self._print(line)
            bar = self._line.rpartition("\r")[2]
            if bar and self._terminal:  # a progress bar, which goes on in the same line
                sys.stdout.write(f"\r        {bar[: shutil.get_terminal_size().columns - 9]}")
                sys.stdout.flush()
        elif msg["msg_type"] == "display_data" and "text/html" in msg["content"]["data"]:
            for line in str(msg["content"]["data"].get("text/plain", "")).splitlines():  # what a test cell says
                self._print(line)
        return super().process_message(msg, cell, cell_index)

    def _print(self, line: str) -> None:
        shown = line.rstrip("\r").rpartition("\r")[2].rstrip()
        if self._terminal:
            sys.stdout.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
        if shown:
            self.show(f"        {shown}")


def _name(cell: NotebookNode) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return grade_id or next((line.strip()[:60] for line in cell.source.splitlines() if line.strip()), "empty")


def _last_line(log: IO[bytes]) -> str:
    """Of what was written to a file; "" if nothing was."""
    log.seek(-min(log.seek(0, os.SEEK_END), 4096), os.SEEK_END)
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def _first_line(text: object) -> str:
    lines = str(text).strip().splitlines()
    return lines[0][:200] if lines else "no further message"
