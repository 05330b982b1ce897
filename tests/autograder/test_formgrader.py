"""What the formgrader tells of this course is right, and asks for no folder that the course does not use."""

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.abc import ExchangeError

from autograder.config import Course
from autograder.nbgrader_settings import nbgrader_settings
from autograder.released import ReleasedAssignments
from autograder.shown.contain import KeepInside


def test_the_formgrader_knows_what_is_released_and_when_it_is_due(released_course: Course) -> None:
    config = nbgrader_settings(released_course)
    api = NbGraderAPI(
        CourseDirectory(config=config),
        Authenticator(config=config),
        exchange=ExchangeFactory(config=config),
        config=config,
    )
    assert api.exchange_is_functional and not api.exchange_missing  # else it warns
    told = api.get_assignment("hw2")
    assert told["status"] == "released" and told["display_duedate"].startswith("2023-02-24 23:59:59")
    assert api.get_released_assignments() == {"hw2"}


def test_nothing_is_taken_back_through_the_formgrader(released_course: Course) -> None:
    config = nbgrader_settings(released_course, "hw2")
    lister = ReleasedAssignments(coursedir=CourseDirectory(config=config), config=config)
    lister.remove = True
    with pytest.raises(ExchangeError, match="autograder release"):
        lister.start()
    assert released_course.release_notebook("hw2").is_file()


def test_a_marker_reads_the_scheme_without_the_lines_for_programs(released_course: Course) -> None:
    source = nbformat.read(released_course.source_notebook("hw2"), as_version=4)
    assert any("BEGIN MARK SCHEME" in cell.source for cell in source.cells)
    shown, _ = KeepInside().preprocess(source, {})
    text = "\n".join(cell.source for cell in shown.cells)
    assert "MARK SCHEME" not in text and "**Marking scheme**" in text and "**Model answer**" in text
