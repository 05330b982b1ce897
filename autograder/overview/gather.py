"""Gathers what is said of a class from the stored results, the gradebook and the table of teams."""

from collections.abc import Collection

import nbformat

from autograder import gradebook
from autograder.config import Course
from autograder.exports.grades import read_grades
from autograder.graded import load_graded
from autograder.intake import grade_id, is_code_answer
from autograder.intake.match import same_text
from autograder.overview.alike import alike_texts, same_codes
from autograder.overview.records import Overview, TeamRow
from autograder.people import Status
from autograder.teams import Team, load_teams
from autograder.verdict import Verdict


def look_at_class(course: Course, assignment: str) -> Overview:
    """All that is said of a class.

    Raises:
        UsageError: nothing is graded yet, the gradebook does not know the assignment, or the roster or the table of
            teams is damaged.
    """
    teams = load_teams(course, assignment)
    settings = course.assignment(assignment)
    works = _Works(course, assignment)
    graded = course.require_graded(assignment)
    rows = tuple(
        _row(course, assignment, name, teams.get(name), works, graded) for name in course.handed_in(assignment)
    )
    people = read_grades(course, assignment)
    decide = [one for one in people if one.status.to_decide]
    return Overview(
        course=course.name,
        assignment=assignment,
        title=settings.title,
        teams=rows,
        nothing=tuple(one.person.id for one in people if one.status is Status.NOTHING),
        to_decide=tuple((one.person.id, one.status) for one in decide),
        alike=works.alike(),
        answer_points=works.points,
    )


class _Works:
    """What was written, by cell and team, as far as it differs from what was handed out."""

    def __init__(self, course: Course, assignment: str) -> None:
        release = nbformat.read(course.release_notebook(assignment), as_version=4)
        marks = [cell for cell in release.cells if grade_id(cell)]
        self.code = {str(grade_id(cell)): cell.source for cell in marks if is_code_answer(cell)}
        answers = [cell for cell in marks if cell.cell_type != "code" and cell.metadata.nbgrader.get("grade")]
        self.written = {str(grade_id(cell)): cell.source for cell in answers}
        self.points = {str(grade_id(cell)): float(cell.metadata.nbgrader.get("points", 0)) for cell in answers}
        self.codes: dict[str, str] = {}
        self.texts: dict[str, dict[str, str]] = {}

    def add(self, name: str, notebook: bytes) -> None:
        cells = nbformat.reads(notebook.decode("utf-8"), as_version=4).cells
        found = {str(grade_id(cell)): cell.source for cell in cells if grade_id(cell)}
        own = [found[cell] for cell, given in self.code.items() if not same_text(found.get(cell, given), given)]
        self.codes[name] = "\n".join(own)
        for cell, given in self.written.items():
            if not same_text(found.get(cell, given), given):
                self.texts.setdefault(cell, {})[name] = found[cell]

    def alike(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What is alike, and whose it is; the written answers first, since they say more."""
        texts = [(cell, group) for cell, texts in self.texts.items() for group in alike_texts(texts)]
        by_group: dict[tuple[str, ...], list[str]] = {}
        for cell, group in texts:
            by_group.setdefault(group, []).append(cell)
        said = [(", ".join(cells), group) for group, cells in by_group.items()]
        return (*said, *(("all code", group) for group in same_codes(self.codes)))


def _row(
    course: Course, assignment: str, name: str, team: Team | None, works: _Works, graded: Collection[str]
) -> TeamRow:
    saved = gradebook.read_saved(course, assignment, name)
    score = gradebook.read_score(course, assignment, name) if saved else None
    result = load_graded(course, assignment, saved.key) if saved else None
    members = team.members if team else ()
    if saved is None or score is None or result is None:
        return TeamRow(name, members, gone=name in graded)
    works.add(name, result.notebook)
    required = course.assignment(assignment).required
    return TeamRow(
        student=name,
        members=members,
        verdict=Verdict.from_json(result.verdict),
        points=max(0.0, score.points),
        max_points=score.max_points,
        answers={cell: points for cell, points in score.cells.items() if cell in works.written},
        waiting=score.waiting,
        penalties=tuple(f"{line.name}: -{line.points:g}" for line in saved.penalties),
        late=team.late if team else TeamRow.late,
        missing=tuple(file for file in required if file not in team.files) if team and team.commit else (),
        remarks=result.remarks,
        seconds=sum(result.seconds.values()),
    )
