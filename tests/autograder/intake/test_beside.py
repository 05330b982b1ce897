"""Work that stands beside the notebook: where it may be is told, and what is not in the notebook is no final zero."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.intake import read_submission
from autograder.intake.files import MAX_NOTEBOOKS, SMALL_NOTEBOOK
from tests.autograder.intake.homework import Homework

ANSWERS = list(WRITTEN)
CHECKS = ["check_losses", "check_train_step", "check_convergence"]
FUNCTIONS = ("loss_functions", "train_step")


def read(folder: Path, *names: str) -> dict[str, object]:
    """What `repair` is given of a folder, beside the notebook."""
    submission = read_submission(folder, "hw2.ipynb", names)
    return {"files": submission.files, "refused": submission.refused}


def test_functions_in_another_notebook_are_not_judged_as_missing(
    homework: Callable[..., Homework], tmp_path: Path
) -> None:
    stubs = homework(*FUNCTIONS)
    (tmp_path / "hw2.ipynb").write_bytes(stubs.written())
    (tmp_path / "hw2_code.ipynb").write_bytes(homework(*ANSWERS).written())
    doubts = stubs.repaired(**read(tmp_path)).doubts
    assert set(doubts) == set(CHECKS)
    assert all("may be in the notebook hw2_code.ipynb" in reason for reason in doubts.values())


def test_a_copy_of_what_was_handed_out_raises_no_doubt(homework: Callable[..., Homework], tmp_path: Path) -> None:
    stubs = homework(*FUNCTIONS)
    (tmp_path / "hw2.ipynb").write_bytes(stubs.written())
    (tmp_path / "hw2-Copy1.ipynb").write_bytes(homework(*ANSWERS, *THREE_OPTIMIZERS).written())
    (tmp_path / "hw1.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "def other(): pass"}, 7]}')
    (tmp_path / "broken.ipynb").write_text("def train_step(")
    assert stubs.repaired(**read(tmp_path)).doubts == {}


@pytest.mark.parametrize("name", ["final.zip", "old/all.TAR.GZ", "work.7z"])
def test_functions_that_are_not_written_may_be_in_a_packed_file(
    homework: Callable[..., Homework], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"PK")
    doubts = homework("train_step").repaired(**read(tmp_path)).doubts
    assert set(doubts) == {"check_train_step", "check_convergence"}
    assert all(f"may be in the packed file {name}" in reason for reason in doubts.values())
    assert homework().repaired(**read(tmp_path)).doubts == {}


@pytest.mark.parametrize(
    "name", ["answers.pptx", "IMG_1.HEIC", "scan/1.jpg", "answers.zip", "Answers.ODT", "report.rtfd/TXT.rtf", "hw2.pdf"]
)
def test_answers_may_be_in_a_file_of_any_kind_that_people_write_in(
    homework: Callable[..., Homework], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    assert list(homework(*ANSWERS).repaired(**read(tmp_path)).waiting) == ANSWERS
    assert homework().repaired(**read(tmp_path)).waiting == ()
    (tmp_path / name).rename(tmp_path / "elsewhere")
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    assert list(homework(*ANSWERS).repaired(**read(tmp_path)).waiting) == ANSWERS


def test_answers_may_be_in_another_notebook_and_not_in_a_copy_of_this_one(
    homework: Callable[..., Homework], tmp_path: Path
) -> None:
    code = homework(*ANSWERS)
    (tmp_path / "hw2.ipynb").write_bytes(code.written())
    (tmp_path / "hw2_text.ipynb").write_bytes(homework(*ANSWERS, *THREE_OPTIMIZERS).written())
    (tmp_path / "epoch_000.png").write_bytes(b"x")
    (tmp_path / "requirements.txt").write_bytes(b"torch")
    assert code.repaired(**read(tmp_path)).waiting == ()
    (tmp_path / "hw2_text.ipynb").write_bytes(homework(*THREE_OPTIMIZERS).written())
    repaired = code.repaired(**read(tmp_path))
    assert list(repaired.waiting) == ANSWERS
    assert any("hw2_text.ipynb holds the answers" in remark for remark in repaired.remarks)
    (tmp_path / "hw2_text.ipynb").write_bytes(b" " * (SMALL_NOTEBOOK + 1))
    assert list(code.repaired(**read(tmp_path)).waiting) == ANSWERS


def test_no_more_than_a_few_other_notebooks_are_read(tmp_path: Path) -> None:
    for number in range(MAX_NOTEBOOKS + 2):
        (tmp_path / f"{number}.ipynb").write_bytes(b"{}")
    (tmp_path / "hw2.ipynb").write_bytes(b"{}")
    submission = read_submission(tmp_path, "hw2.ipynb")
    assert len(submission.files) == MAX_NOTEBOOKS
    assert any("5.ipynb, 6.ipynb were left out: only hw2.ipynb is graded, and" in told for told in submission.refused)


def test_an_answer_between_quotation_marks_in_a_cell_of_code_is_seen(homework: Callable[..., Homework]) -> None:
    quoted = homework(*ANSWERS)
    quoted.put(3, "'''\nQuestion 2\nThe samples are sharp.\n'''")
    assert list(quoted.repaired().waiting) == ["answer_results"]
