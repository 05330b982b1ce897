"""The whole flow on a small class: `autograder demo`, which `make demo` runs.

It goes all the way course material -> submission -> trace -> verdict -> gradebook -> report, with the code
that grades a real class, in the folder `demo/` of the course, which is made anew each time.
"""

import re
import shutil
import time
from collections.abc import Sequence

from rich.console import Console

from autograder.config import COURSE_FILE, Course, load_course
from autograder.demo.students import DUE, EXTENSIONS, ROSTER, DemoSubmission, demo_class
from autograder.errors import UsageError

ASSIGNMENT = "hw2"


def run_demo(course: Course, console: Console, submissions: Sequence[DemoSubmission] | None = None) -> None:
    """Release homework 2, have a class hand in Git repositories, collect and grade them, and write the pages.

    Args:
        course: whose settings and source are used.
        console: where to print.
        submissions: what is handed in; None for the whole `demo_class`.

    Raises:
        UsageError: the course has no such homework, or this machine cannot grade.
    """
    from autograder.collect.collect import collect
    from autograder.collect.sources import read_sources
    from autograder.demo.handin import export_uploads, make_files, open_repositories, push_the_rest
    from autograder.gradebook import export_csv
    from autograder.people import export_people
    from autograder.release import make_kit, release
    from autograder.report.collection import collect_and_show
    from autograder.report.overview import report_and_show
    from autograder.report.terminal import grade_and_show

    begin = time.perf_counter()
    submissions = demo_class() if submissions is None else submissions
    copy = _make_course(course)
    console.print(f"A copy of the course is in {copy.root}.", soft_wrap=True)
    made = release(copy, ASSIGNMENT, run=False)  # it is shown what a class gets
    console.print(f"Released to {made.folder}: none of {made.secrets} secret lines is in it.", soft_wrap=True)
    console.print(f"The student kit is {make_kit(copy, ASSIGNMENT)}.", soft_wrap=True)
    console.print(f"{len(submissions)} teams run their notebooks and make their PDFs ...")
    make_files(copy, ASSIGNMENT, submissions)
    listed = open_repositories(copy, ASSIGNMENT, submissions)
    collect(copy, ASSIGNMENT, read_sources(listed))
    console.print("Collected once; now one team pushes a commit that claims to be older, and all are collected again.")
    push_the_rest(copy, ASSIGNMENT, submissions)
    collect_and_show(copy, ASSIGNMENT, listed, console)
    if uploads := export_uploads(copy, submissions):
        console.print("\nOthers handed in through a learning management system; its export is one folder:")
        console.print(f"  {'  '.join(sorted(path.name for path in uploads.iterdir()))}", soft_wrap=True)
        collect_and_show(copy, ASSIGNMENT, uploads, console)
    grade_and_show(copy, ASSIGNMENT, console)
    exports = copy.root / "exports"
    export_csv(copy, ASSIGNMENT, exports / f"{ASSIGNMENT}.csv")
    export_people(copy, ASSIGNMENT, exports / f"{ASSIGNMENT}-people.csv", waiting=True)
    console.print(f"\nPoints so far, one line a team and one line a person: {exports}", soft_wrap=True)
    page, _ = report_and_show(copy, ASSIGNMENT, console)
    console.print(f"\nThe demo took {time.perf_counter() - begin:.0f} s. Open its class page in a browser:")
    console.print(f"  {page}", soft_wrap=True)


def _make_course(course: Course) -> Course:
    """A fresh course in `demo/`, with the settings and source of `course`, and a class and a deadline of its own."""
    folder = course.root / "demo"
    course.assignment(ASSIGNMENT)
    if folder.exists():
        if not (folder / COURSE_FILE).is_file():
            raise UsageError(f"{folder} was not made by the demo: move it away, so that it can be made anew.")
        shutil.rmtree(folder)
    folder.mkdir()
    settings = (course.root / COURSE_FILE).read_text(encoding="utf-8")
    settings = re.sub(r"(?m)^(roster|extensions)\s*=.*\n", "", settings)
    settings = re.sub(r"(?m)^due\s*=.*$", f'due = "{DUE}"', settings)
    tables = 'roster = "roster.csv"\nextensions = "extensions.csv"\n'
    (folder / COURSE_FILE).write_text(tables + settings, encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "extensions.csv").write_text(EXTENSIONS, encoding="utf-8")
    shutil.copytree(course.root / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    for path in (course.root / "checks", *course.assignment(ASSIGNMENT).helpers):
        (folder / path.name).symlink_to(path)
    return load_course(folder)
