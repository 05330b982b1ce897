"""The homework that these tests release, and what its notebook is looked at with."""

import shutil
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from autograder.config import Course, load_course

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "source" / "hw2" / "hw2.ipynb"
COURSE_UTILS = ROOT / "course_utils"
HIDDEN = (ROOT / "checks" / "hw2", ROOT / "checks" / "gan")
ANSWERS = {
    "answer_what_you_did": 4,
    "answer_results": 2,
    "answer_mode_collapse": 2,
    "answer_conflicts": 3,
    "answer_conditioning": 2,
}
TESTS = {"check_optimizers": 1, "check_losses": 3, "check_train_step": 2, "check_convergence": 1}


def copy_course(folder: Path) -> Course:
    shutil.copy(ROOT / "course.toml", folder / "course.toml")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "runs")
    shutil.copytree(ROOT / "source", folder / "source", ignore=ignored)
    for name in ("checks", "course_utils"):
        (folder / name).symlink_to(ROOT / name)
    return load_course(folder)


def graded_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id == grade_id)


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def plant_in_text(line: str) -> Callable[[NotebookNode], None]:
    def plant(notebook: NotebookNode) -> None:
        cell_of(notebook, "training-text").source += f"\n\nA hint:\n    {line}"

    return plant
