"""Forks of templates by the thousand, each a whole sandbox with a kernel that runs a cell: none hangs, nothing stays.

    python benchmarks/many_forks.py [--forks 10000] [--at-once 2]

The template has imported what homework 2 does. A run that takes longer than a minute counts as one that hangs. Such a
run, one that says anything else than it should, a process that is left behind, and a start that is not warm end this
with status 1. Templates are replaced after a thousand forks, as when a class is graded.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import nbformat
import psutil
import typer
from nbformat.v4 import new_code_cell, new_notebook

from autograder.config import load_course
from autograder.execute import run_notebook
from autograder.imports import code_of, imported_names
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm.pool import end_templates, why_cold

REPOSITORY = Path(__file__).parents[1]
HANGS = 60.0  # seconds
CELL = "import os, torch\nprint(float(torch.ones(3).sum()), len(os.listdir('/tmp')))"
TOLD = "3.0 0\n"


def run(modules: tuple[str, ...], helpers: tuple[Path, ...], inbox: Path) -> tuple[float, str]:
    """The seconds of one run, and what it said."""
    begin = time.monotonic()
    notebook = new_notebook(cells=[new_code_cell(CELL)])
    execution = run_notebook(notebook, files={}, inbox=inbox, limits=Limits(), helpers=helpers, warm=modules)
    said = "".join(output.get("text", output.get("evalue", "")) for output in execution.notebook.cells[0].outputs)
    return time.monotonic() - begin, execution.stopped or said


def main(
    forks: Annotated[int, typer.Option(min=10)] = 10_000,
    at_once: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Run a cell in so many forks."""
    course = load_course(REPOSITORY)
    release = nbformat.read(course.release_notebook("hw2"), as_version=4)
    modules, helpers = imported_names(code_of(release)), course.assignment("hw2").helpers
    wrong, seconds = [], []
    with tempfile.TemporaryDirectory() as inbox, ThreadPoolExecutor(at_once) as pool:
        print("forks  median ms  longest ms  own MiB  processes")
        for number, (took, said) in enumerate(
            pool.map(lambda _: run(modules, helpers, Path(inbox)), range(forks)), start=1
        ):
            seconds.append(took)
            if said != TOLD or took > HANGS:
                wrong.append(f"{number}: {took:.1f} s, {said!r}")
            if number % (forks // 10) == 0:
                part = sorted(seconds[-(forks // 10) :])
                own = psutil.Process()
                print(
                    f"{number:>5}  {part[len(part) // 2] * 1000:>9.0f}  {part[-1] * 1000:>10.0f}  "
                    f"{own.memory_info().rss >> 20:>7}  {len(own.children(recursive=True)):>9}",
                    flush=True,
                )
    end_templates()
    left = psutil.Process().children(recursive=True)
    _, left = psutil.wait_procs(left, timeout=10)
    for what in [*wrong, *(f"left behind: {process}" for process in left), *([why_cold()] if why_cold() else [])]:
        print(what)
    if wrong or left or why_cold():
        raise typer.Exit(1)
    print(f"{forks} forks, none hung and nothing stayed.")


if __name__ == "__main__":
    typer.run(main)
