"""Grading on many workers: what a second one gains, and what ten thousand submissions cost who sends them out.

    python benchmarks/many_workers.py gain [--students 8] [--rounds 3]
    python benchmarks/many_workers.py simulate [--submissions 10000] [--workers 100]

`gain` grades a real class on a Dask scheduler with one worker and with two, in turns; each worker keeps its template.

`simulate` sends out submissions to workers that only pretend to grade: they wait, and answer with a result of the usual
size. What is measured is real: the reading, the sending, the storing, and Dask. A hundred workers share four processes.
"""

import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import nbformat
import psutil
import typer
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder import grading
from autograder.classroom import grade_class
from autograder.config import Course
from autograder.graded import GradedSubmission
from autograder.grading import Task
from autograder.verdict import CheckResult, Verdict

sys.path.append(str(Path(__file__).parent))
from class_speed import make_course

HOST = "127.0.0.1"
PROCESSES = 4  # of the simulation, which share its workers
SUBMISSION_SIZE, RESULT_SIZE = 30_000, 200_000  # bytes, as those of homework 2
PRETENDED_SECONDS = 0.2
app = typer.Typer(add_completion=False)


@contextmanager
def scheduler(folder: Path, *workers: list[str], count: int) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a Dask scheduler and its process; `workers` are commands, to which the address is added."""
    from distributed import Client

    file = folder / "scheduler.json"
    options = ["--host", HOST, "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    started = [subprocess.Popen([sys.executable, "-m", "dask", "scheduler", *options], env=environment, **quiet)]  # type: ignore[call-overload]
    try:
        while not file.exists() or not file.read_text().strip():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        started += [subprocess.Popen([*worker, address], env=environment, **quiet) for worker in workers]  # type: ignore[call-overload]
        with Client(address) as client:
            client.wait_for_workers(count, timeout=300)
        yield address, psutil.Process(started[0].pid)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=60)
        file.unlink(missing_ok=True)


@app.command()
def gain(
    students: Annotated[int, typer.Option(min=2)] = 8,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Grade a class with one worker and with two."""
    worker = [sys.executable, "-m", "dask", "worker", "--nthreads", "1", "--no-dashboard", "--host", HOST]
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        course = make_course(Path(name), students)
        for number in range(rounds):
            seconds = {}
            for workers in (1, 2):
                with scheduler(Path(name), *[worker] * workers, count=workers) as (address, _):
                    begin = time.monotonic()
                    graded = sum(o.graded is not None for o in grade_class(course, "hw2", address, again=True))
                    seconds[workers] = time.monotonic() - begin
                    assert graded == students
            ratios.append(seconds[1] / seconds[2])
            print(f"round {number + 1}: {seconds[1]:.1f} s with one worker, {seconds[2]:.1f} s with two", flush=True)
    print(f"Two workers are {statistics.median(ratios):.2f} times as fast as one, median of {rounds}.")


@app.command()
def simulate(
    submissions: Annotated[int, typer.Option(min=10)] = 10_000,
    workers: Annotated[int, typer.Option(min=PROCESSES)] = 100,
) -> None:
    """Send out submissions to workers that pretend, and look at what the two processes in the middle hold."""
    each = [workers // PROCESSES + (number < workers % PROCESSES) for number in range(PROCESSES)]
    commands = [[sys.executable, __file__, "pretend", str(count)] for count in each]
    with tempfile.TemporaryDirectory() as name:
        course = make_course(Path(name), 0)
        _hand_in(course, submissions)
        with scheduler(Path(name), *commands, count=workers) as (address, middle):
            _send_out(course, submissions, address, middle)


def _send_out(course: Course, submissions: int, address: str, middle: psutil.Process) -> None:
    begin = last = time.monotonic()
    print("submissions  coordinator MiB  scheduler MiB  ms a submission")
    for number, outcome in enumerate(grade_class(course, "hw2", address), start=1):
        assert outcome.graded is not None, outcome.fault
        (course.state / "results" / "hw2" / f"{outcome.key}.json").unlink()
        if number % (submissions // 10) == 0:
            held = [process.memory_info().rss >> 20 for process in (psutil.Process(), middle)]
            now = time.monotonic()
            each = (now - last) / (submissions // 10) * 1000
            print(f"{number:>11}  {held[0]:>15}  {held[1]:>13}  {each:>15.1f}", flush=True)
            last = now
    print(f"{submissions} in {time.monotonic() - begin:.0f} s, {(last - begin) / submissions * 1000:.1f} ms each")


def _hand_in(course: Course, submissions: int) -> None:
    for number in range(submissions):
        folder = course.root / "submitted" / f"student-{number:05}" / "hw2"
        folder.mkdir(parents=True)
        (folder / "hw2.ipynb").write_text(f"{number} {'x' * SUBMISSION_SIZE}")


@app.command(hidden=True)
def pretend(count: int, address: str) -> None:
    """Be so many workers, which do not grade."""
    from distributed import Worker

    grading.grade_submission = _pretend_to_grade  # type: ignore[assignment]

    async def work() -> None:
        folder = tempfile.mkdtemp(prefix="pretended-")
        try:
            made = [Worker(address, nthreads=1, host=HOST, local_directory=folder) for _ in range(count)]
            await asyncio.gather(*made)
            await asyncio.gather(*(worker.finished() for worker in made))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    asyncio.run(work())


def _pretend_to_grade(task: Task) -> GradedSubmission:
    time.sleep(PRETENDED_SECONDS)
    text = random.Random(task.seed).randbytes(RESULT_SIZE // 2).hex()
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    verdict = Verdict("hw2", (CheckResult("pretended", "check_losses", "It is pretended.", "passed", 1.0),))
    return GradedSubmission(nbformat.writes(notebook).encode(), verdict.to_json(), (), {"judging": 0.0}, 0)


if __name__ == "__main__":
    app()
