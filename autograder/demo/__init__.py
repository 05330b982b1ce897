"""The whole flow on a small class: `autograder demo`, which `make demo` runs.

It goes all the way course material -> submission -> trace -> verdict -> gradebook -> report, with the code
that grades a real class, in the folder `demo/` of the course, which is made anew each time.
"""

import shutil
import time

import nbformat
from rich.console import Console

from autograder.config import COURSE_FILE, Course, load_course
from autograder.errors import UsageError

ASSIGNMENT = "hw2"


def run_demo(course: Course, console: Console) -> None:
    """Release homework 2, make a class of submissions, grade it, and write the feedback pages.

    Raises:
        UsageError: the course has no such homework, or this machine cannot grade.
    """
    from autograder.gradebook import write_feedback
    from autograder.release import release
    from autograder.report.terminal import grade_and_show

    begin = time.perf_counter()
    copy = _make_course(course)
    console.print(f"A copy of the course is in {copy.root}.", soft_wrap=True)
    made = release(copy, ASSIGNMENT)
    console.print(f"Released to {made.folder}: none of {made.secrets} secret lines is in it.", soft_wrap=True)
    _hand_in(copy)
    grade_and_show(copy, ASSIGNMENT, console)
    console.print("\nFeedback pages, to open in a browser:")
    for page in write_feedback(copy, ASSIGNMENT):
        console.print(f"  {page}", soft_wrap=True)
    console.print(f"\nThe demo took {time.perf_counter() - begin:.0f} s.")


def _make_course(course: Course) -> Course:
    """A fresh course in `demo/`, with the settings and the source of `course`."""
    folder = course.root / "demo"
    course.assignment(ASSIGNMENT)
    if folder.exists():
        if not (folder / COURSE_FILE).is_file():
            raise UsageError(f"{folder} was not made by the demo: move it away, so that it can be made anew.")
        shutil.rmtree(folder)
    folder.mkdir()
    for name in (COURSE_FILE, "nbgrader_config.py"):
        shutil.copy(course.root / name, folder / name)
    shutil.copytree(course.root / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    return load_course(folder)


def _hand_in(course: Course) -> None:
    """Fill the released notebook in as each student of the demo does."""
    from autograder.attempt import fill_in
    from autograder.demo.students import demo_class

    release = nbformat.read(course.release_notebook(ASSIGNMENT), as_version=4)
    for submission in demo_class():
        folder = course.root / "submitted" / submission.student / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = nbformat.writes(fill_in(release, submission.answers)).encode("utf-8")
        content = notebook if submission.raw is None else submission.raw
        (folder / course.assignment(ASSIGNMENT).notebook).write_bytes(content)
        (folder / "netid").write_text(f"{submission.student}\n", encoding="utf-8")
