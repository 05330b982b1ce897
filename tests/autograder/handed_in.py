"""What students hand in is put where the command looks for it, and graded by the command."""

from rich.console import Console

from autograder.config import Course
from autograder.gradebook import Score
from autograder.report.terminal import Row, grade_and_show


def hand_in(course: Course, student: str, notebook: bytes | None) -> None:
    folder = course.root / "submitted" / student / "hw2"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "netid").write_text(f"{student}1\n")
    if notebook is not None:
        (folder / "hw2.ipynb").write_bytes(notebook)


def grade(course: Course, **options: object) -> tuple[dict[str, Row], str]:
    console = Console(width=160, record=True, force_terminal=False)
    rows = grade_and_show(course, "hw2", console, **options)  # type: ignore[arg-type]
    return {row.student: row for row in rows}, console.export_text()


def points_of(row: Row) -> float:
    assert row.verdict is not None
    return row.verdict.points


def score_of(score: Score | None) -> Score:
    assert score is not None
    return score
