"""One file of results a team, as Gradescope and GitHub Classroom read them.

A mark that a person gave for a written answer is in it; where the result of a team that still waits for marks is
written, an answer that nobody has marked is named as such. Formats:
Gradescope, "Autograder specifications" (results.json); GitHub Classroom, the reporter of its autograding actions, which
takes the result of a step as JSON in base64.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.classroom import read_class_task
from autograder.config import Course
from autograder.gradebook import Score, check_gradebook, read_score
from autograder.graded import load_graded
from autograder.shown.visible import visible
from autograder.verdict import CheckResult, Verdict
from coursekit.whole_file import write_whole

GRADESCOPE_FILE, CLASSROOM_FILE = "results.json", "result.txt"
CLASSROOM_VERSION = 3
_PASSED, _FAILED = "passed", "failed"


@dataclass(frozen=True)
class TeamResult:
    """What is known of the work of one team.

    Attributes:
        team: its folder in `submitted/`.
        verdict: of the checks.
        score: in the gradebook.
        remarks: what the team is told beside the verdict.
    """

    team: str
    verdict: Verdict
    score: Score
    remarks: tuple[str, ...]

    @property
    def answers(self) -> dict[str, float | None]:
        """Points of each written answer, None where nobody has marked it."""
        by_checks = {check.cell for check in self.verdict.checks}
        return {cell: points for cell, points in self.score.cells.items() if cell not in by_checks}


def read_results(course: Course, assignment: str) -> Iterator[TeamResult]:
    """The results of all who are graded, by team.

    Raises:
        UsageError: the gradebook does not know the assignment.
    """
    check_gradebook(course, assignment)
    for team in course.handed_in(assignment):
        score = read_score(course, assignment, team)
        graded = load_graded(course, assignment, read_class_task(course, assignment, team).key)
        if score is not None and graded is not None:
            yield TeamResult(team, Verdict.from_json(graded.verdict), score, graded.remarks)


def gradescope(result: TeamResult) -> dict[str, Any]:
    """The content of `results.json`."""
    tests: list[dict[str, Any]] = [
        {
            "name": visible(check.title),
            "score": check.points,
            "max_score": check.max_points,
            "status": _PASSED if check.outcome == "passed" else _FAILED,
            "output": _said(check),
            "output_format": "text",
            "visibility": "visible",
        }
        for check in result.verdict.checks
    ]
    tests += [
        {"name": visible(cell), "score": points, "visibility": "visible"}
        for cell, points in result.answers.items()
        if points is not None
    ]
    waiting = [cell for cell, points in result.answers.items() if points is None]
    told = [*result.remarks, *([f"Not marked yet: {', '.join(waiting)}."] if waiting else [])]
    if result.score.penalty:
        told.append(f"Penalties: {result.score.penalty:g} points.")
    return {
        "score": max(0.0, result.score.points),
        "output": visible("\n".join(told)),
        "output_format": "text",
        "tests": tests,
    }


def classroom(result: TeamResult) -> str:
    """What a step of the grading workflow gives to Classroom's reporter: JSON in base64."""
    tests = [
        {
            "name": visible(check.title),
            "status": "pass" if check.outcome == "passed" else "fail",
            "message": _said(check),
            "test_code": "",
            "task_id": 0,
            "filename": "",
            "line_no": 0,
            "duration": 0,
            "score": check.points,
        }
        for check in result.verdict.checks
    ]
    complete = all(check.outcome == "passed" for check in result.verdict.checks)
    data = {
        "version": CLASSROOM_VERSION,
        "status": "pass" if complete else "fail",
        "max_score": result.verdict.max_points,
        "tests": tests,
    }
    return base64.b64encode(json.dumps(data).encode()).decode("ascii")


def write_gradescope(results: Iterable[TeamResult], left_out: Iterable[str], folder: Path) -> None:
    """Write `TEAM/results.json` into `folder` for each team, and remove an earlier one of those who are left out."""
    _write(results, left_out, folder, GRADESCOPE_FILE, lambda result: json.dumps(gradescope(result), indent=1))


def write_classroom(results: Iterable[TeamResult], left_out: Iterable[str], folder: Path) -> None:
    """Write `TEAM/result.txt` into `folder` for each team, and remove an earlier one of those who are left out."""
    _write(results, left_out, folder, CLASSROOM_FILE, classroom)


def _write(
    results: Iterable[TeamResult],
    left_out: Iterable[str],
    folder: Path,
    name: str,
    content: Callable[[TeamResult], str],
) -> None:
    for team in left_out:
        (folder / team / name).unlink(missing_ok=True)
    for result in results:
        path = folder / result.team / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"{content(result)}\n".encode())


def _said(check: CheckResult) -> str:
    texts = [text for text in (check.rationale, check.help) if text]
    return visible("\n".join(texts or ["passed" if check.outcome == "passed" else check.outcome.replace("_", " ")]))
