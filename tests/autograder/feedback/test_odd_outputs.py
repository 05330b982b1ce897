"""Whatever outputs a notebook was handed in with, its page is made, and those of all others are."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from autograder.config import Course
from autograder.errors import UsageError
from autograder.feedback import write
from autograder.feedback.handed_in import read_outputs, show_outputs
from autograder.feedback.records import Stale
from autograder.feedback.write import write_feedback
from tests.autograder.collect.conftest import course  # noqa: F401  (a fixture)
from tests.autograder.intake.small import RELEASE

GOOD = {"output_type": "stream", "name": "stdout", "text": "loss 0.5"}
DEEP: Any = 1
for _ in range(300):
    DEEP = {"a": DEEP}
ODD: list[Any] = [
    None, 7, "text", [], {}, DEEP,
    {"output_type": ["stream"]},
    {"output_type": "update_display_data", "data": {"text/plain": "x"}},
    {"output_type": "pyout", "text": ["of an older format"]},
    {"output_type": "stream", "name": "evil", "text": ["a", 1, None]},
    {"output_type": "stream"},
    {"output_type": "error"},
    {"output_type": "error", "ename": 1, "evalue": None, "traceback": "x"},
    {"output_type": "display_data", "data": {"text/plain": "without metadata"}},
    {"output_type": "display_data", "metadata": [], "data": {"text/plain": None, "text/html": {"a": 1}}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": "!", "image/jpeg": ["AA", 1]}},
    {"output_type": "execute_result", "data": [], "execution_count": "x"},
    {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "x"}, "execution_count": float("nan")},
    {"output_type": "execute_result", "metadata": {}, "data": {"text/latex": "\\href{javascript:x}{y}", "": DEEP}},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:40])
def test_an_odd_output_is_shown_harmlessly_or_not_at_all_and_hides_no_other(odd: Any) -> None:
    notebook = copy.deepcopy(RELEASE)
    notebook.cells[1].outputs = [GOOD, odd, GOOD]
    (shown,) = [show_outputs(outputs, "") for outputs in read_outputs(json.dumps(notebook).encode(), RELEASE).values()]
    texts = "".join(str(output.markup) for output in shown)
    assert texts.count("loss 0.5") == 2
    assert "javascript" not in texts.replace("href{javascript:x}", "")


def test_a_page_that_cannot_be_made_holds_no_other_up(
    course: Course,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gather(course: Course, assignment: str, student: str) -> str:
        if student == "ada":
            raise RecursionError("in something that ada handed in")
        return student

    class Page(str):
        older = False

    for student in ("ada", "bob"):
        (course.root / "autograded" / student / "hw2").mkdir(parents=True)
        (course.root / "autograded" / student / "hw2" / "hw2.ipynb").touch()
    monkeypatch.setattr(write, "gather", lambda *asked: Page(gather(*asked)))
    monkeypatch.setattr(write, "render", lambda feedback: f"the page of {feedback}")
    written = write_feedback(course, "hw2")
    assert [path.read_text() for path in written.pages.values()] == ["the page of bob"]
    assert written.stale == {"ada": Stale.BROKEN}
    kept: Path = course.state / "faults" / "hw2-feedback" / "ada.txt"
    assert "in something that ada handed in" in kept.read_text()
    monkeypatch.setattr(write, "gather", lambda course, assignment, student: Page(student))
    assert not write_feedback(course, "hw2").stale
    assert not kept.exists()

    def damaged(*asked: str) -> None:
        raise UsageError("The roster is damaged.")

    monkeypatch.setattr(write, "gather", damaged)
    with pytest.raises(UsageError, match="roster"):
        write_feedback(course, "hw2")
