"""Whether a warm start and a cold one give the same verdict, byte for byte, and what each of them costs.

    python benchmarks/warm_and_cold.py hw2 [--sample 10] [--seed 0]

Every solution of an assignment, right and wrong, is handed in as `autograder try` does it, once to a sandbox that is
forked from a template and once to one that is started cold. Exits 1 when any verdict differs, and names it.
"""

import json
import os
import random
import statistics
import time
from pathlib import Path
from typing import Annotated

import typer

from autograder.attempt import make_solution_task
from autograder.config import Course, load_course
from autograder.grading import grade_submission
from autograder.sandbox.warm.pool import end_templates, why_cold

REPOSITORY = Path(__file__).parents[1]


def compare(course: Course, assignment: str, path: Path) -> tuple[bool, float, float]:
    """Whether both verdicts on a solution are the same, and the seconds that each took."""
    task = make_solution_task(course, assignment, path.read_text(encoding="utf-8"))
    verdicts, seconds = [], []
    for warm in (True, False):
        begin = time.monotonic()
        verdicts.append(json.dumps(grade_submission(task, warm=warm).verdict))
        seconds.append(time.monotonic() - begin)
    return verdicts[0] == verdicts[1], seconds[0], seconds[1]


def main(
    assignment: Annotated[str, typer.Argument(help="its release must be there")] = "hw2",
    sample: Annotated[int | None, typer.Option(min=1, help="so many solutions; default: all")] = None,
    seed: Annotated[int, typer.Option(help="of the sample")] = 0,
    course: Annotated[Path, typer.Option(help="the folder that holds course.toml")] = REPOSITORY,
) -> None:
    """Compare the verdicts of warm and cold starts on the solutions of an assignment."""
    os.environ |= {"OMP_NUM_THREADS": "1"}
    settings = load_course(course)
    solutions = sorted(settings.assignment(assignment).solutions.rglob("*.py"))
    if sample is not None:
        solutions = sorted(random.Random(seed).sample(solutions, min(sample, len(solutions))))
    differ, warm, cold = [], [], []
    for number, path in enumerate(solutions, start=1):
        same, warm_seconds, cold_seconds = compare(settings, assignment, path)
        warm.append(warm_seconds)
        cold.append(cold_seconds)
        if not same:
            differ.append(path)
        told = "the same verdict" if same else "ANOTHER VERDICT"
        name = path.relative_to(settings.root)
        print(
            f"{number}/{len(solutions)} {name}: {told}, {warm_seconds:.1f} s warm, {cold_seconds:.1f} s cold",
            flush=True,
        )
    end_templates()
    if why_cold():
        print(f"Nothing was started warm: {why_cold()}")
        raise typer.Exit(1)
    ratio = statistics.median(slow / fast for fast, slow in zip(warm, cold, strict=True))
    print(
        f"{len(solutions) - len(differ)} of {len(solutions)} verdicts are the same; warm is {ratio:.2f} times as fast."
    )
    if differ:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
