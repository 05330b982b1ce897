"""Writes the feedback pages to their places, for our commands and for nbgrader's own.

`nbgrader generate_feedback` and the button of the formgrader convert notebooks with an exporter, which is ours, so that
they write the same pages to the same places.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter

from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.faults import keep_faults
from autograder.feedback.gather import ResultGone, gather
from autograder.feedback.page import render
from autograder.feedback.records import Stale
from coursekit.whole_file import write_whole


@dataclass(frozen=True)
class Written:
    """What came of writing the pages.

    Attributes:
        pages: those that were written now, by the name of the team or student.
        stale: whose page is not of the work that is there now, and why. Where the stored result is gone nothing was
            written, and a page of before may be there still.
    """

    pages: Mapping[str, Path]
    stale: Mapping[str, Stale]


def write_feedback(course: Course, assignment: str, student: str | None = None) -> Written:
    """Write the feedback pages of the graded submissions, or of one; one that cannot be made holds no other up.

    Raises:
        UsageError: nothing is graded yet.
    """
    pages: dict[str, Path] = {}
    stale: dict[str, Stale] = {}
    for name in course.require_graded(assignment, student):
        page = course.feedback_page(assignment, name)
        try:
            feedback = gather(course, assignment, name)
            content = render(feedback).encode("utf-8")
        except ResultGone:
            stale[name] = Stale.GONE
            continue
        except UsageError:  # of the gradebook or a table, so of all of them
            raise
        except Exception:  # a fault of ours, at whatever is in this submission
            keep_faults(course, f"{assignment}-feedback", name, [traceback.format_exc()])
            stale[name] = Stale.BROKEN
            continue
        keep_faults(course, f"{assignment}-feedback", name, [])
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, content)
        pages[name] = page
        if feedback.older:
            stale[name] = Stale.OLDER
    return Written(pages, stale)


class FeedbackExporter(HTMLExporter):
    """For `GenerateFeedback.exporter_class`: the page of the submission that nbgrader is at."""

    def from_filename(self, filename: str, resources: Mapping[str, Any] | None = None, **kw: Any) -> Any:
        assert resources is not None and self.parent is not None, "only nbgrader's converter calls this"
        place = resources["nbgrader"]
        course = load_course(Path(self.parent.coursedir.root))
        page = render(gather(course, place["assignment"], place["student"]))
        return page, {**resources, "output_extension": self.file_extension}
