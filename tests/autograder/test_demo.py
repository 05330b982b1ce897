import ast

import pytest
from rich.console import Console

from autograder.demo import run_demo
from autograder.demo.students import THREE_OPTIMIZERS, demo_class
from autograder.errors import UsageError


def test_the_class_shows_right_work_classical_mistakes_and_broken_work():
    students = [submission.student for submission in demo_class()]
    assert len(students) == len(set(students)) >= 8
    for kind, least in (("right-", 2), ("wrong-", 4), ("broken-", 1), ("unfilled", 1)):
        assert sum(student.startswith(kind) for student in students) >= least


@pytest.mark.parametrize("submission", demo_class(), ids=lambda submission: submission.student)
def test_every_solution_is_python_and_each_mistake_changes_something(submission):
    code = {cell: submission.answers[cell] for cell in THREE_OPTIMIZERS if cell in submission.answers}
    for text in code.values():
        ast.parse(text)
    if submission.student.startswith(("wrong-", "broken-kills")):
        assert code != THREE_OPTIMIZERS


def test_a_folder_that_the_demo_did_not_make_is_left_alone(copy_course, tmp_path):
    course = copy_course(tmp_path / "course")
    (course.root / "demo").mkdir()
    (course.root / "demo" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="was not made by the demo"):
        run_demo(course, Console(quiet=True))
    assert (course.root / "demo" / "mine.txt").read_text() == "mine"
