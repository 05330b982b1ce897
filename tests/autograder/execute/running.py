"""Runs cells in a real sandbox with a real kernel, and says what a person would read below them."""

import os
import tempfile
from pathlib import Path

import psutil
from nbformat.v4 import new_code_cell, new_notebook

from autograder.execute import run_notebook
from autograder.execution import Execution
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.workspace import PREFIX

SMALL = Limits(
    cell_seconds=60,
    notebook_seconds=90,
    processes=64,
    outbox_size=2 * MIB,
    output_size=MIB,
    resident_memory=1024 * MIB,
)

SECONDS = str(20_000_000 + os.getpid())  # that what is left behind sleeps: of no other process that runs these tests
HELPERS = (Path(__file__).parents[3] / "course_utils",)
WARM = ("numpy",)  # what the template of these tests has imported


def run(
    *sources: str,
    limits: Limits = SMALL,
    files: dict[str, bytes] | None = None,
    warm: tuple[str, ...] | None = WARM,
) -> Execution:
    others = set(psutil.Process().children(recursive=True))  # of tests that ran before in this process
    with tempfile.TemporaryDirectory() as inbox, tempfile.TemporaryDirectory() as outbox:
        (Path(inbox) / "probe.json").write_text('{"probe": 1}')
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        execution = run_notebook(
            notebook,
            files=files or {},
            inbox=Path(inbox),
            limits=limits,
            outbox=Path(outbox),
            helpers=HELPERS,
            warm=warm,
        )
        assert sorted(execution.outbox) == sorted(name for name, _ in left_in(Path(outbox)))
    assert set(psutil.Process().children(recursive=True)) <= others, "a process is left"
    assert not list(Path(tempfile.gettempdir()).glob(PREFIX + "*")), "a workspace is left"
    return execution


def left_in(outbox: Path) -> list[tuple[str, bytes]]:
    """The files in a folder, by their path relative to it."""
    return [(str(path.relative_to(outbox)), path.read_bytes()) for path in outbox.rglob("*") if path.is_file()]


def text(execution: Execution, index: int) -> str:
    """What a person would read below a cell."""
    parts = []
    for output in execution.notebook.cells[index].outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
        else:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts).strip()
