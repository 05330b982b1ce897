"""What the source of homework 2 holds, and what its release does: points, stubs, marking schemes."""

import nbformat
from nbformat import NotebookNode

from autograder.config import Course
from autograder.release import ReleaseReport
from tests.autograder.release.homework import ANSWERS, TESTS, cell_of, graded_cells


def test_source_has_7_points_for_code_and_13_for_written_answers(source: NotebookNode) -> None:
    points = {name: cell.metadata.nbgrader.points for name, cell in graded_cells(source).items()}
    assert points == TESTS | ANSWERS
    assert (sum(TESTS.values()), sum(ANSWERS.values())) == (7, 13)


def test_each_test_cell_holds_one_call_of_check(source: NotebookNode) -> None:
    for name in TESTS:
        text = cell_of(source, name).source
        assert text.startswith(f"check.{name.removeprefix('check_')}(")
        assert text.count("\n") == 0


def test_each_question_has_a_marking_scheme_and_a_model_answer_above_its_answer(source: NotebookNode) -> None:
    names = [cell.metadata.nbgrader.grade_id for cell in source.cells]
    for name in ANSWERS:
        question = source.cells[names.index(name) - 1]
        assert question.metadata.nbgrader.locked
        assert f"({ANSWERS[name]} points)" in question.source
        _, scheme = question.source.split("=== BEGIN MARK SCHEME ===")
        assert "**Marking scheme**" in scheme and "**Model answer**" in scheme


def test_release_report_tells_the_points_and_what_was_searched_for(
    released: tuple[Course, ReleaseReport],
) -> None:
    _, report = released
    assert (report.code_points, report.written_points) == (7, 13)
    assert report.files == (
        ".github/workflows/checks.yml",
        ".gitignore",
        "README.md",
        "hw2.ipynb",
        "netid",
        "requirements.txt",
    )
    assert report.secrets > 100 and report.warnings == ()


def test_release_is_a_valid_notebook_with_a_stub_below_each_todo(
    released: tuple[Course, ReleaseReport], source: NotebookNode
) -> None:
    _, report = released
    notebook = nbformat.read(report.folder / "hw2.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in source.cells]
    for name, stubs in (("configure_optimizers", 1), ("loss_functions", 3), ("train_step", 1)):
        lines = [line.strip() for line in cell_of(notebook, name).source.splitlines()]
        places = [i for i, line in enumerate(lines) if line == "# YOUR CODE HERE"]
        assert len(places) == stubs
        for i in places:
            assert lines[i - 1].startswith("# TODO ")
            assert lines[i + 1] == "raise NotImplementedError"
    for name in ANSWERS:
        assert cell_of(notebook, name).source == "YOUR ANSWER HERE"


def test_gradebook_keeps_the_marking_schemes_for_the_people_who_mark(
    released: tuple[Course, ReleaseReport],
) -> None:
    from nbgrader.api import Gradebook

    course, _ = released
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        question = gradebook.find_source_cell("question_results", "hw2", "hw2").source
        maximum = gradebook.find_assignment("hw2").max_score
    assert "Model answer" in question
    assert maximum == 20
