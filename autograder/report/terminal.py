"""Shows the grading of a class in the terminal, and has each result saved as it ends.

Stands at verdict -> gradebook -> report in the flow course material -> submission -> trace -> verdict ->
gradebook -> report: the workers execute and judge, and this one process writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder import gradebook, intake
from autograder.classroom import Outcome, grade_class, read_class_task
from autograder.config import Course
from autograder.faults import keep_faults
from autograder.gradebook import Score
from autograder.shown.visible import in_terminal
from autograder.storage import ROOM, require_storage
from autograder.verdict import Verdict

MOST_WIDE = 24  # characters of a team's name in the table


@dataclass(frozen=True)
class Row:
    """One submission in the table.

    Attributes:
        student: id of the student or team.
        status: "graded", "unchanged" or "grader fault".
        verdict: what the checks say, or None after a grader fault.
        score: points in the gradebook, or None where it has none.
        remarks: what the student is told beside the verdict.
        seconds: of grading, 0 if nothing was run.
    """

    student: str
    status: str
    verdict: Verdict | None = None
    score: Score | None = None
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def checked(self) -> str:
        return f"{self.verdict.points:g}/{self.verdict.max_points:g}" if self.verdict else "-"

    @property
    def mistakes(self) -> str:
        """Short names of what went wrong, each once; the full reasons are on the feedback page."""
        if self.verdict is None:
            return "not graded: see .autograder/faults/"
        if not any(check.outcome in ("passed", "failed") for check in self.verdict.checks):
            return "nothing could be checked"
        failed = [check.mistake or check.name for check in self.verdict.checks if check.outcome == "failed"]
        unsure = [f"{check.name}?" for check in self.verdict.checks if check.outcome == "cannot_judge"]
        rest = sum(check.outcome == "not_checked" for check in self.verdict.checks)
        broken = ["a check broke: see .autograder/faults/"] if self.verdict.faults else []
        return ", ".join([*dict.fromkeys(failed + unsure), *([f"{rest} not checked"] if rest else []), *broken])


def grade_and_show(
    course: Course,
    assignment: str,
    console: Console,
    scheduler: str | None = None,
    again: bool = False,
    students: Sequence[str] = (),
) -> list[Row]:
    """Grade and save all submissions, or those of `students`; print a line for each as it ends, then a table.

    Raises:
        UsageError: there is nothing to grade, this machine or the gradebook is not ready for it, or what is graded
            cannot be written any more.
    """
    course.require_work(assignment, students)
    require_storage(course, assignment, gradebook.gradebook_file(course))
    gradebook.check_gradebook(course, assignment)
    chosen = list(dict.fromkeys(students))
    total = len(chosen) or len(course.handed_in(assignment))
    try:
        rows = _grade_and_print(
            course, assignment, console, total, grade_class(course, assignment, scheduler, again, chosen or None)
        )
    except OSError:
        require_storage(course, assignment, gradebook.gradebook_file(course))
        raise
    console.print(table_of(assignment, rows))
    for row in rows:
        for remark in row.remarks:
            console.print(f"{in_terminal(intake.shown_name(row.student))}: {in_terminal(remark)}", soft_wrap=True)
    return rows


def _grade_and_print(
    course: Course, assignment: str, console: Console, total: int, outcomes: Iterator[Outcome]
) -> list[Row]:
    """Save each as it ends, with a line for it; the rows in the order of the students."""
    rows = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(f"Grading {assignment}", total=total)
        for outcome in outcomes:
            row = _save(course, assignment, outcome)
            student = in_terminal(intake.shown_name(row.student))
            progress.console.print(
                f"{student}: {row.status}, checks {row.checked}, {row.seconds:.1f} s"
                + (f" - {in_terminal(row.mistakes)}" if row.mistakes else ""),
                soft_wrap=True,
            )
            progress.advance(bar)
            rows.append(row)
    return sorted(rows, key=lambda row: row.student)


def _save(course: Course, assignment: str, outcome: Outcome) -> Row:
    """Save the result unless it is saved already, and sum up; faults are written to `.autograder/faults/`."""
    student, graded, fault = outcome.student, outcome.graded, outcome.fault
    saved = outcome.reused and gradebook.is_saved(course, assignment, student, outcome.key)
    if graded is not None and not saved:
        fault = gradebook.save(course, assignment, student)
        if fault:
            files = read_class_task(course, assignment, student).files
            room = ROOM + len(graded.notebook) + sum(len(content) for content in files.values())
            require_storage(course, assignment, gradebook.gradebook_file(course), room)
    if graded is None or fault:
        keep_faults(course, assignment, student, [str(fault)])
        return Row(student, "grader fault", remarks=(fault,) if fault and intake.unusable_name(student) else ())
    verdict = Verdict.from_json(graded.verdict)
    keep_faults(course, assignment, student, verdict.faults)
    return Row(
        student=student,
        status="unchanged" if outcome.reused else "graded",
        verdict=verdict,
        score=gradebook.read_score(course, assignment, student),
        remarks=graded.remarks,
        seconds=0.0 if outcome.reused else sum(graded.seconds.values()),
    )


def table_of(assignment: str, rows: list[Row]) -> Table:
    """One line a submission, also in a terminal of 80 columns; the lines printed before say all of the mistakes."""
    count = "1 submission" if len(rows) == 1 else f"{len(rows)} submissions"
    table = Table(
        title=f"{assignment}: {count}", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), expand=True
    )
    table.add_column("student", no_wrap=True, max_width=MOST_WIDE)
    for heading in ("code", "so far", "to mark", "s"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("mistakes", no_wrap=True, ratio=1)  # it alone gives way where all are wider than the terminal
    for row in rows:
        score = row.score
        table.add_row(
            in_terminal(intake.shown_name(row.student)),
            row.checked,
            f"{max(0.0, score.points):g}/{score.max_points:g}" if score else "-",
            str(len(score.waiting)) if score else "-",
            f"{row.seconds:.0f}" if row.seconds else "-",
            in_terminal(row.mistakes) if row.verdict else f"[red]{in_terminal(row.mistakes)}[/red]",
        )
    return table
