"""Settings for all tests, a course that is released once, and a copy of it for each test that needs one.

There is no time limit on one example of hypothesis, and in continuous integration the examples are the same each time.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.attempt import fill_in
from autograder.config import Course, load_course

REPOSITORY = Path(__file__).parents[1]

settings.register_profile("course", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("course")


def pytest_configure(config: pytest.Config) -> None:
    """The mark of the checks, which tests import as the release does; they run in sessions of their own."""
    config.addinivalue_line("markers", "check(cell, points, needs=()): the graded cell and points of a hidden check")


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As in the sandbox: processes of one thread can be copied for the experiments."""
    from coursekit.threads import one_thread as with_one_thread  # imports torch, which most tests do without

    with with_one_thread():
        yield


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course of this repository in a folder of its own, with homework 2 released; not to be changed."""
    from autograder.release import release

    root = tmp_path_factory.mktemp("released")
    shutil.copy(REPOSITORY / "course.toml", root / "course.toml")
    shutil.copytree(REPOSITORY / "source" / "hw2", root / "source" / "hw2")
    for name in ("checks", "solutions", "course_utils"):
        (root / name).symlink_to(REPOSITORY / name)
    course = load_course(root)
    release(course, "hw2", run=False)
    return course


@pytest.fixture(scope="session")
def copy_course(released_course: Course) -> Callable[[Path], Course]:
    """Makes a copy of the released course at a path that is not there yet."""

    def copy(root: Path) -> Course:
        shutil.copytree(released_course.root, root, symlinks=True)
        return load_course(root)

    return copy


@pytest.fixture(scope="session")
def filled(released_course: Course) -> Callable[[dict[str, str]], bytes]:
    """Makes a submission: the released notebook with texts by grade_id in its solution cells."""
    import nbformat  # after the package, which spares its import a second (`coursekit.quick_imports`)

    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)

    def fill(answers: dict[str, str]) -> bytes:
        return nbformat.writes(fill_in(release, answers)).encode("utf-8")

    return fill
