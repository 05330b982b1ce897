"""Tells nbgrader's formgrader what is released: what lies in release/, since this course uses no exchange folder.

Stands beside verdict -> gradebook in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
Without it every assignment is a draft there, below a warning that a folder for exchanging files is missing.
"""

from pathlib import Path
from typing import Any

from nbgrader.exchange.abc import ExchangeList

from autograder.config import load_course


class ReleasedAssignments(ExchangeList):
    """For `ExchangeFactory.list`."""

    def list_files(self) -> list[dict[str, Any]]:
        """The released assignments, or the one that nbgrader asks about."""
        root, asked = Path(self.coursedir.root), self.coursedir.assignment_id
        names = [
            name
            for name, assignment in load_course(root).assignments.items()
            if asked in ("", "*", name) and (root / "release" / name / assignment.notebook).is_file()
        ]
        told = {"course_id": self.coursedir.course_id, "student_id": "*", "status": "released", "notebooks": []}
        return [{**told, "assignment_id": name} for name in names]

    def remove_files(self) -> None:
        """Nothing is taken back here.

        Raises:
            ExchangeError: always.
        """
        self.fail("Assignments are released by `autograder release`, into release/ and kits/; nothing was changed.")

    def start(self) -> list[dict[str, Any]]:
        if self.remove:
            self.remove_files()
        return self.list_files()
