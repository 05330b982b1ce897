"""A release that cannot be made is told in one sentence, and changes nothing."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.errors import UsageError
from autograder.release import release
from tests.autograder.release.homework import copy_course, plant_in_text, read_files


def test_refused_release_names_cell_and_line_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    folder = tmp_path / "release" / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_text("the last release")
    path = tmp_path / "source" / "hw2" / "hw2.ipynb"
    notebook = nbformat.read(path, as_version=4)
    plant_in_text("loss_ae = autoencoder_loss(model, x_real)")(notebook)
    nbformat.write(notebook, path)
    with pytest.raises(UsageError, match=r"`training-text` holds “loss_ae = autoencoder_loss.*`train_step`"):
        release(course, "hw2", run=False)
    assert read_files(tmp_path / "release") == {"hw2/hw2.ipynb": b"the last release"}
    assert not (tmp_path / "gradebook.db").exists()
    assert list(course.state.iterdir()) == []


def break_json(path: Path) -> None:
    path.write_text("{")


def remove(path: Path) -> None:
    path.unlink()


def forget_end_of_solution(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("### END SOLUTION", "### ENDE"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (break_json, "not a notebook"),
        (remove, "no source notebook"),
        (forget_end_of_solution, "could not release"),
    ],
)
def test_source_that_cannot_be_released_is_told_in_one_sentence(
    spoil: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    course = copy_course(tmp_path)
    spoil(tmp_path / "source" / "hw2" / "hw2.ipynb")
    with pytest.raises(UsageError, match=message) as caught:
        release(course, "hw2", run=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "release").exists()
