"""Marking schemes as instructors write them become criteria with half points."""

import pytest

from autograder.config import load_course
from autograder.mark_scheme import split_scheme, without_delimiters
from autograder.marking.questions import read_questions
from autograder.marking.records import Criterion
from autograder.marking.rubric import WHOLE, as_written, read_points, read_scheme
from tests.conftest import REPOSITORY

SCHEME = """\
### Question (2 points)

Why?

=== BEGIN MARK SCHEME ===

**Marking scheme**

| points | for |
|---|---|
| 1½ | a reason, as in $q(z \\mid x)$ |
| ½ | an example |

Be kind.

**Model answer**

Because.

=== END MARK SCHEME ===
"""


def test_a_table_of_points_becomes_criteria_with_rules_and_model_answer_apart() -> None:
    scheme = read_scheme(SCHEME, 2)
    assert scheme.criteria == (Criterion(1.5, "a reason, as in $q(z \\mid x)$"), Criterion(0.5, "an example"))
    assert scheme.criteria[0].steps == (0, 0.5, 1, 1.5)
    assert (scheme.rules, scheme.model_answer) == ("Be kind.", "**Model answer**\n\nBecause.")


def test_points_in_the_heads_of_columns_count_for_each_row() -> None:
    table = (
        "=== BEGIN MARK SCHEME ===\n| pair | ½ for | ½ for |\n|---|---|---|\n| a, b | x | y |\n=== END MARK SCHEME ==="
    )
    assert read_scheme(table, 1).criteria == (Criterion(0.5, "a, b: x"), Criterion(0.5, "a, b: y"))


def test_a_scheme_that_does_not_add_up_is_marked_as_a_whole_and_shown_in_full() -> None:
    scheme = read_scheme(SCHEME, 3)
    assert scheme.criteria == (Criterion(3, WHOLE),)
    assert "| ½ | an example |" in scheme.rules
    assert read_scheme("Why?", 2).criteria == (Criterion(2, WHOLE),)


def test_students_read_a_question_without_its_scheme_and_markers_without_the_delimiters() -> None:
    assert split_scheme(SCHEME)[0] == "### Question (2 points)\n\nWhy?"
    shown = without_delimiters(SCHEME)
    assert "MARK SCHEME" not in shown and "Be kind." in shown and shown.startswith("### Question (2 points)")


@pytest.mark.parametrize(
    ("text", "points"), [("½", 0.5), ("1½", 1.5), ("2", 2.0), ("0.3", 0.3), ("one", None), ("", None)]
)
def test_points_are_read_as_people_write_them(text: str, points: float | None) -> None:
    assert read_points(text) == points
    if points is not None:
        assert read_points(as_written(points)) == points


@pytest.mark.parametrize("assignment", ["hw1", "hw2", "hw2_conditional", "hw3"])
def test_every_written_question_of_this_course_is_marked_by_criteria(assignment: str) -> None:
    written = [question for question in read_questions(load_course(REPOSITORY), assignment) if question.written]
    assert written and all(len(question.scheme.criteria) > 1 and question.scheme.model_answer for question in written)
