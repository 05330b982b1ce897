"""Converts a notebook into an assignment of a course.

In the conversion this goes through all steps, and puts the files beside those of a skeleton. Nothing is overwritten.
"""

from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.config import Course, load_course
from autograder.conversion.read import is_test, read_answers, read_notebook, read_tests
from autograder.conversion.translate import translate
from autograder.conversion.write import checks_file, edit_notebook, parts_of, report, solution_file, unwritten_file
from autograder.errors import UsageError
from autograder.skeleton import add_assignment
from coursekit.whole_file import write_whole

FOLDER = "conversion"  # of the pages on what is left


@dataclass(frozen=True)
class Converted:
    """What came of a conversion.

    Attributes:
        tests: how many tests became checks.
        left: how many statements are left to the author.
        ungraded: the cells of which nothing was understood, which give no points now.
        page: the page that tells all of it.
    """

    tests: int
    left: int
    ungraded: tuple[str, ...]
    page: Path


def convert(course: Course, path: Path, name: str, title: str) -> Converted:
    """Make an assignment of an nbgrader notebook.

    Args:
        course: to which it is added.
        path: of the notebook, with solutions and tests.
        name, title: of the assignment.

    Raises:
        UsageError: it is no such notebook, none of its tests can be converted, or the name is taken.
    """
    notebook = read_notebook(path)
    answers = read_answers(notebook)
    drafts = [translate(read_tests(cell), answers) for cell in notebook.cells if is_test(cell)]
    parts = parts_of(drafts)
    if not parts:
        raise UsageError(f"None of the tests in {path} can be converted: `autograder new {name}` makes an empty start.")
    page = course.root / FOLDER / f"{name}.md"
    if page.exists():
        raise UsageError(f"{page} is there already: choose another name, or move it away.")
    said = edit_notebook(notebook, parts)
    _, whole = nbformat.validator.normalize(notebook)
    add_assignment(course, name, title)
    settings = load_course(course.root).assignment(name)
    write_whole(settings.source / settings.notebook, nbformat.writes(whole).encode())
    write_whole(settings.checks, checks_file(title, parts).encode())
    for file in settings.solutions.rglob("*.py"):
        file.unlink()  # those of the skeleton
    write_whole(settings.solutions / "right" / "reference.py", solution_file(answers).encode())
    if unwritten := unwritten_file(answers, parts):
        write_whole(settings.solutions / "wrong" / "not_written.py", unwritten.encode())
    page.parent.mkdir(exist_ok=True)
    write_whole(page, report(title, drafts, parts, said).encode())
    converted = {part.draft.cell for part in parts}
    return Converted(
        tests=sum(len(draft.looks) for draft in drafts),
        left=sum(len(draft.left) for draft in drafts),
        ungraded=tuple(draft.cell for draft in drafts if draft.cell not in converted),
        page=page,
    )
