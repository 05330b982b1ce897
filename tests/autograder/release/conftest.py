"""Homework 2 is released once for all of these tests, with the real nbgrader, and a kit is made of it."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.config import Course
from autograder.release import ReleaseReport, make_kit, release
from tests.autograder.release.homework import SOURCE, copy_course


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, ReleaseReport]:
    course = copy_course(tmp_path_factory.mktemp("course"))
    return course, release(course, "hw2", run=False)


@pytest.fixture(scope="session")
def kit(released: tuple[Course, ReleaseReport]) -> Path:
    course, _ = released
    return make_kit(course, "hw2")


@pytest.fixture(scope="session")
def source() -> NotebookNode:
    return nbformat.read(SOURCE, as_version=4)
