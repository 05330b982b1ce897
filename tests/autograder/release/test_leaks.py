"""The leak test finds what a release must not hold, wherever it stands."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.config import Course
from autograder.leaks import find_leaks, find_secrets, squeeze
from autograder.nbgrader_settings import CODE_STUB
from autograder.release import ReleaseReport
from tests.autograder.release.homework import COURSE_UTILS, HIDDEN, cell_of, plant_in_text


def plant_output(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").outputs.append(nbformat.v4.new_output("stream", text="seen\n"))


def plant_execution_count(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").execution_count = 3


def plant_attachment(notebook: NotebookNode) -> None:
    cell_of(notebook, "title").attachments = {"curve.png": {"image/png": "AAAA"}}


def plant_tag(notebook: NotebookNode) -> None:
    cell_of(notebook, "seed").metadata.tags = ["solution"]


def plant_notebook_metadata(notebook: NotebookNode) -> None:
    notebook.metadata.authors = [{"name": "A. Uthor"}]


def a_hidden_check_line() -> str:
    secrets = find_secrets(nbformat.v4.new_notebook(), HIDDEN, public=(COURSE_UTILS,))
    return secrets[len(secrets) // 2].text


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (plant_in_text("loss_fake=F.binary_cross_entropy( p_fake,\n torch.zeros_like(p_fake) )"), "solution"),
        (
            plant_in_text("If the training failed, a right diagnosis of what the\nfigures show gets full points."),
            "mark scheme",
        ),
        (
            plant_in_text("You know, the conflict is wanted, because it is what $G$ learns from."),
            "mark scheme",
        ),
        (plant_in_text(a_hidden_check_line()), "hidden checks"),
        (plant_in_text("### BEGIN SOLUTION"), "delimiter"),
        (plant_output, "output"),
        (plant_execution_count, "execution count"),
        (plant_attachment, "attachment"),
        (plant_tag, "`tags`"),
        (plant_notebook_metadata, "`authors`"),
    ],
)
def test_leak_test_finds_what_is_planted(
    plant: Callable[[NotebookNode], None],
    complaint: str,
    released: tuple[Course, ReleaseReport],
    source: NotebookNode,
    tmp_path: Path,
) -> None:
    notebook = nbformat.read(released[1].folder / "hw2.ipynb", as_version=4)
    plant(notebook)
    nbformat.write(notebook, tmp_path / "hw2.ipynb")
    leaks = find_leaks(tmp_path, find_secrets(source, HIDDEN, (COURSE_UTILS,)))
    assert any(complaint in leak for leak in leaks), leaks


def test_clean_release_has_no_leak_and_a_secret_in_another_file_is_found(
    released: tuple[Course, ReleaseReport], source: NotebookNode, tmp_path: Path
) -> None:
    secrets = find_secrets(source, HIDDEN, (COURSE_UTILS,))
    folder = tmp_path / "hw2"
    shutil.copytree(released[1].folder, folder)
    assert find_leaks(folder, secrets) == []
    (folder / "notes.txt").write_text(
        "encoder_and_generator = [*model.encoder.parameters(),\n  *model.generator.parameters()]"
    )
    (leak,) = find_leaks(folder, secrets)
    assert leak.startswith("notes.txt: the file holds “encoder_and_generator = [*model.encoder.")


def test_the_line_that_a_solution_leaves_is_no_secret_and_one_of_an_abstract_method_with_words_is() -> None:
    abstract = "class Shape:\n    def area(self):\n        raise NotImplementedError\n    def name(self):\n"
    text = f"### BEGIN SOLUTION\n{abstract}        raise NotImplementedError('no name')\n### END SOLUTION"
    source = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)])
    found = {secret.text for secret in find_secrets(source, (), (), CODE_STUB)}
    assert "raise NotImplementedError" not in found and "raise NotImplementedError('no name')" in found


def test_what_students_get_anyway_is_no_secret(source: NotebookNode) -> None:
    squeezed = {squeeze(secret.text) for secret in find_secrets(source, HIDDEN, (COURSE_UTILS,))}
    public = (COURSE_UTILS / "models.py").read_text(encoding="utf-8").splitlines()
    assert not squeezed & {squeeze(line) for line in public}
