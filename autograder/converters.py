"""nbgrader's autograding, told which folders to convert instead of looking for them by patterns.

Stands at verdict -> gradebook in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. nbgrader finds submissions with patterns of the shell and reads names out of paths with regular expressions, so
that a student's folder with brackets, a star or a line break in its name is another one, or none.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter


class _ByName(BaseConverter):
    """Converts the submissions of `students`, whatever characters are in their names."""

    students: Sequence[str] = ()

    def init_notebooks(self) -> None:
        self.assignments = {}
        for student in self.students:
            folder = self._format_source(self.coursedir.assignment_id, student)
            found = sorted(str(path) for path in Path(folder).iterdir() if path.suffix == ".ipynb")
            if found:
                self.assignments[folder] = found

    def _format_source(self, assignment_id: str, student_id: str, escape: bool = False) -> Any:
        if escape:  # then a regular expression is made of it, in which a dot stands for no line break
            student_id = student_id.replace(".*", r"[\s\S]*")
        return super()._format_source(assignment_id, student_id, escape=escape)


class AutogradeByName(_ByName, Autograde):
    """nbgrader's `Autograde` for the students that are named."""
