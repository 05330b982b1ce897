"""Grades of all in the columns of nbgrader's own exporter, whose file breaks at the first comma in a name.

Stands at gradebook -> report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
`autograder.nbgrader_settings` names the class, so that `nbgrader export` and `autograder export` write the same file.
"""

from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

from autograder.spreadsheet import Cell, write_table

_COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
_NUMBERS = ("raw_score", "late_submission_penalty", "score", "max_score")


class GradesExport(ExportPlugin):
    """For `ExportApp.plugin_class`."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of the assignments and students that are chosen, or of all, to `self.to`."""
        rows = (
            _row(gradebook, assignment, student)
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in self.assignment
            for student in _students(gradebook, [str(student) for student in self.student])
        )
        write_table(Path(self.to or "grades.csv"), (*_COLUMNS, *_NUMBERS), rows)


def _students(gradebook: Gradebook, chosen: list[str]) -> Iterator[Student]:
    return (student for student in gradebook.students if not chosen or student.id in chosen)


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> dict[str, Cell]:
    """The line of one student; nothing handed in counts as 0 points."""
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        timestamp, points, penalty = None, 0.0, 0.0
    else:
        timestamp, points = submission.timestamp, float(submission.score)
        penalty = float(submission.late_submission_penalty or 0)
    return {
        "assignment": assignment.name,
        "duedate": None if assignment.duedate is None else str(assignment.duedate),
        "timestamp": None if timestamp is None else str(timestamp),
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "raw_score": points,
        "late_submission_penalty": penalty,
        "score": max(0.0, points - penalty),
        "max_score": float(assignment.max_score),
    }
