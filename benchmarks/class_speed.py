"""What grading costs, with warm sandboxes and with cold ones, and a class of it against nbgrader and otter-grader.

    python benchmarks/class_speed.py [--students 50] [--rounds 3] [--no-otter] [--write]

One more right submission of homework 2: processor time of all processes, and memory by proportional share, when the
worker has graded one already. "before" is a cold start and a run of all cells.

The class: right submissions and ones with classical mistakes, as those of the demo, as notebooks of the release. Stock
nbgrader has the same notebooks, the visible checks in the kernel of the student, and the same short training; it runs
one process, and everything that it runs may do what it likes. So it is with `otter run`, without containers, which this
script calls for one submission after the other; otter-grader is installed into an environment of its own that ends with
the script. Ours uses all cores, the sandbox and the hidden checks.

The ways take turns, so that whatever else the machine does meets all of them, and the median over the rounds counts. A
ratio is that of two ways in one round, so that it holds on a busy machine, too; seconds hold on a quiet one only.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parent))
from otter_way import install_otter, make_otter_assignment, otter_command
from usage import Meter, Usage, open_meter

from autograder.attempt import fill_in
from autograder.config import Course, load_course
from autograder.demo.students import ONE_OPTIMIZER, THREE_OPTIMIZERS
from autograder.grading import grade_submission, make_task
from autograder.intake import Submission
from autograder.release import release
from autograder.sandbox.warm.pool import end_templates

REPOSITORY = Path(__file__).parents[1]
RESULT = Path(__file__).with_name("class_speed.txt")
SHORT = {"COURSE_MAX_EPOCHS": "1", "COURSE_MAX_STEPS_PER_EPOCH": "20", "OMP_NUM_THREADS": "1"}  # as in the sandbox
NOT_DETACHED = THREE_OPTIMIZERS["loss_functions"].replace(".detach()", "")
CLASS = (THREE_OPTIMIZERS, ONE_OPTIMIZER, THREE_OPTIMIZERS | {"loss_functions": NOT_DETACHED}, {})
STOCK = "c = get_config()\nc.CourseDirectory.ignore = ['runs', 'data']\nc.Execute.timeout = 600\n"


def make_course(root: Path, students: int) -> Course:
    """The course with a class that has handed in."""
    shutil.copy(REPOSITORY / "course.toml", root / "course.toml")
    for name in ("checks", "course_utils"):
        (root / name).symlink_to(REPOSITORY / name)
    shutil.copytree(REPOSITORY / "source" / "hw2", root / "source" / "hw2")
    course = load_course(root)
    release(course, "hw2", run=False)
    for number in range(students):
        folder = root / "submitted" / f"student-{number:03}" / "hw2"
        folder.mkdir(parents=True)
        (folder / "netid").write_text(f"abc{number}\n")
        (folder / "hw2.ipynb").write_bytes(notebook(course, CLASS[number % len(CLASS)], number))
    return course


def notebook(course: Course, answers: dict[str, str], number: int) -> bytes:
    """A submission that differs from all others."""
    given = nbformat.read(course.release_notebook("hw2"), as_version=4)
    given.cells.insert(0, nbformat.v4.new_markdown_cell(f"Submission {number}"))
    return nbformat.writes(fill_in(given, answers)).encode()


def measure_one(meter: Meter, course: Course, rounds: int) -> dict[str, list[Usage]]:
    """One more right submission, in each way; each way has graded one before it is measured."""
    ways = {"before": {"warm": False, "all_cells": True}, "now": {"warm": True, "all_cells": False}}
    found: dict[str, list[Usage]] = {name: [] for name in ways}
    for number in range(-1, rounds):
        for name, how in ways.items():
            task = make_task(course, "hw2", Submission(notebook(course, THREE_OPTIMIZERS, 1000 + number), {}))
            with meter.measured(memory=False) as usage:
                graded = grade_submission(task, **how)
            with meter.measured(memory=True) as again:
                grade_submission(task, **how)
            assert graded.verdict["points"] == 7
            usage.memory = again.memory
            found[name] += [usage] if number >= 0 else []
    return found


def measure_class(meter: Meter, folder: Path, students: int, rounds: int, otter: Path | None) -> dict[str, list[Usage]]:
    """A class, graded by stock nbgrader, otter-grader and ours, from the start of the command to its end.

    Args:
        meter: measures.
        folder: for the courses.
        students: of the class.
        rounds: of all ways.
        otter: the interpreter that has otter-grader; None: it is left out.
    """
    run = "from autograder.cli import main; main()"
    commands = {
        "stock nbgrader": [sys.executable, "-m", "nbgrader", "autograde", "hw2", "--force"],
        **({} if otter is None else {"otter run": otter_command(otter)}),
        "ours": [sys.executable, "-c", run, "grade", "hw2"],
    }
    results = {"otter run": "otter/*/results.json"}
    found: dict[str, list[Usage]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            root = folder / f"{name.split()[0]}-{number}"
            root.mkdir()
            course = make_course(root, students)
            if name == "stock nbgrader":
                (root / "nbgrader_config.py").write_text(STOCK)
            elif name == "otter run":
                make_otter_assignment(course.release_notebook("hw2"), root)
            environment = {**os.environ, **SHORT, "PYTHONPATH": str(REPOSITORY)}  # for `course_utils` in stock kernels
            with meter.measured() as usage:
                done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
            graded = len(list(root.glob(results.get(name, "autograded/*/hw2/hw2.ipynb"))))
            if graded != students:
                said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
                raise RuntimeError(f"{name} graded {graded} of {students}:\n{said}")
            found[name].append(usage)
            shutil.rmtree(root)
    return found


def show(title: str, found: dict[str, list[Usage]], each: int, console: Console) -> None:
    """A table of medians; ratios are those of a way over the last one, which is ours."""
    table = Table(title=title, title_justify="left")
    for heading in ("way", "elapsed s", "processor s", "MiB more", "times our time", "times our processor time"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    ours = list(found.values())[-1]
    for name, usages in found.items():
        elapsed, processor, memory = (
            statistics.median(getattr(usage, what) for usage in usages) for what in ("elapsed", "processor", "memory")
        )
        pairs = list(zip(usages, ours, strict=True))
        ratios = [
            statistics.median(getattr(one, what) / getattr(other, what) for one, other in pairs)
            for what in ("elapsed", "processor")
        ]
        shown = f"{memory / 2**20:.0f}" if memory else ""
        table.add_row(name, f"{elapsed / each:.2f}", f"{processor / each:.2f}", shown, *(f"{r:.2f}" for r in ratios))
    console.print(table)


def main(
    students: Annotated[int, typer.Option(min=1, help="Students of the class.")] = 50,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, each of all ways.")] = 3,
    with_otter: Annotated[
        bool, typer.Option("--otter/--no-otter", help="Install otter-grader, and measure it.")
    ] = True,
    write: Annotated[bool, typer.Option("--write", help="Write the tables beside this script.")] = False,
    one: Annotated[bool, typer.Option("--one", help="Leave out the class.")] = False,
) -> None:
    """Measure one more submission, and a class against stock nbgrader and otter-grader."""
    os.environ |= {"OMP_NUM_THREADS": "1"}
    console = Console(width=110, record=True)
    with open_meter() as meter, tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        root.mkdir()
        course = make_course(root, 0)
        show(f"One more right submission, median of {rounds}", measure_one(meter, course, rounds), 1, console)
        end_templates()
        if not one:
            otter = install_otter(Path(folder) / "otter") if with_otter else None
            title = f"A class of {students}, by submission, median of {rounds}, {os.cpu_count()} cores"
            show(title, measure_class(meter, Path(folder), students, rounds, otter), students, console)
        if meter.group is None:
            console.print("Without a control group, processes that ended in their sandbox are not counted.")
    if write:
        RESULT.write_text(console.export_text())


if __name__ == "__main__":
    typer.run(main)
