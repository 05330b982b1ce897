"""Whatever stands in a stored result, a graded notebook or the gradebook, the run over the class ends rightly."""

import json
from collections.abc import Callable
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes
from rich.console import Console

from autograder.config import Course
from autograder.errors import UsageError
from autograder.graded import GradedSubmission, is_result, results_folder
from autograder.report.terminal import grade_and_show
from autograder.stored_results import store_result
from autograder.verdict import CheckResult, Verdict

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
CHECK = CheckResult("works", "check_it", "It works.", "failed", 1.0, "slip", "seen", "try", near_threshold=True)
NOTEBOOK = new_notebook(cells=[new_code_cell("x", outputs=[new_output("stream", text="1")])])
RESULT = GradedSubmission(writes(NOTEBOOK).encode(), Verdict("hw2", (CHECK,)).to_json(), ("told",), {"judging": 0.5}, 7)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything in `data`, at any depth."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


PLACES = places(RESULT.to_json())


def test_a_result_is_one_and_only_one_of_its_assignment() -> None:
    assert is_result(RESULT.to_json(), "hw2")
    assert not is_result(RESULT.to_json(), "hw2_conditional")


@given(st.sampled_from(PLACES), JSON)
def test_a_result_with_anything_in_it_changed_is_none_or_can_be_used(place: tuple[Any, ...], value: Any) -> None:
    data: dict[str, Any] = {"result": deepcopy(RESULT.to_json())}
    inner: Any = data
    for key in ("result", *place)[:-1]:
        inner = inner[key]
    inner[("result", *place)[-1]] = value
    if is_result(data["result"], "hw2"):
        graded = GradedSubmission.from_json(data["result"])
        assert Verdict.from_json(graded.verdict).max_points >= 0
        assert json.loads(graded.notebook)["cells"] is not None


@pytest.mark.parametrize("place", [place for place in PLACES if place and isinstance(place[-1], str)])
def test_a_result_without_one_of_its_fields_is_none(place: tuple[Any, ...]) -> None:
    data = deepcopy(RESULT.to_json())
    inner: Any = data
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    assert is_result(data, "hw2") == (place == ("seconds", "judging"))


WRONG_RESULTS: list[Any] = [{"a": 1}, [1], None, "x", {**RESULT.to_json(), "remarks": None}]
WRONG_NOTEBOOKS = ["[]", '{"metadata": []}', '{"metadata": {"autograder_result": 1}}', "{", "\ufeff5", "null"]


def test_results_and_notebooks_of_a_wrong_shape_are_made_again_and_a_damaged_gradebook_is_told(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    students = [f"student-{number}" for number in range(len(WRONG_RESULTS))]
    for student in students:
        folder = course.root / "submitted" / student / "hw2"
        folder.mkdir(parents=True)
        (folder / "hw2.ipynb").write_text("{" + student)  # unreadable, so nothing needs to run

    def grade() -> set[str]:
        return {row.status for row in grade_and_show(course, "hw2", Console(file=StringIO()))}

    assert grade() == {"graded"}
    results = sorted(results_folder(course, "hw2").glob("*.json"))
    assert len(results) == len(students)
    for path, wrong in zip(results, WRONG_RESULTS, strict=True):
        store_result(path.parent, path.stem, wrong)  # with a digest that is right
    results[0].write_text('{"a": 1}')
    assert grade() == {"graded"}
    for student, text in zip(students, WRONG_NOTEBOOKS, strict=False):
        (course.root / "autograded" / student / "hw2" / "hw2.ipynb").write_text(text)
    assert grade() == {"unchanged"}  # which saves the notebooks again
    for student in students:
        assert json.loads((course.root / "autograded" / student / "hw2" / "hw2.ipynb").read_text())["cells"]
    (course.root / "gradebook.db").write_bytes(b"no database, but more than a page of bytes" * 100)
    with pytest.raises(UsageError, match="gradebook"):
        grade()
