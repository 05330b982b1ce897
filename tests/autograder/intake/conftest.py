"""A right submission of homework 2 for each test that changes one."""

from collections.abc import Callable

import nbformat
import pytest

from autograder.config import Course
from tests.autograder.intake.homework import Homework


@pytest.fixture(scope="session")
def homework(released_course: Course) -> Callable[..., Homework]:
    """Makes a right submission, with these answers as they were handed out."""
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)
    return lambda *without: Homework(release, without)
