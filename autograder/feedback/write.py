"""Writes the feedback pages to their places, for our commands and for nbgrader's own.

`nbgrader generate_feedback` and the button of the formgrader convert notebooks with an exporter, which is ours, so that
they write the same pages to the same places.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter

from autograder.config import Course, load_course
from autograder.feedback.gather import gather
from autograder.feedback.page import render
from coursekit.whole_file import write_whole


def write_feedback(course: Course, assignment: str, student: str | None = None) -> list[Path]:
    """Write the feedback pages of the graded submissions, or of one, and return the pages.

    Raises:
        UsageError: nothing is graded yet, or what was graded is gone.
    """
    pages = []
    for name in course.require_graded(assignment, student):
        page = course.feedback_page(assignment, name)
        made = render(gather(course, assignment, name))
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, made.encode("utf-8"))
        pages.append(page)
    return pages


class FeedbackExporter(HTMLExporter):
    """For `GenerateFeedback.exporter_class`: the page of the submission that nbgrader is at."""

    def from_filename(self, filename: str, resources: Mapping[str, Any] | None = None, **kw: Any) -> Any:
        assert resources is not None and self.parent is not None, "only nbgrader's converter calls this"
        place = resources["nbgrader"]
        course = load_course(Path(self.parent.coursedir.root))
        page = render(gather(course, place["assignment"], place["student"]))
        return page, {**resources, "output_extension": self.file_extension}
