"""Every notebook of the course: runs from top to bottom, is committed without outputs, and is released as it stands."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.config import Course, load_course
from autograder.release import release

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT)
ASSIGNMENTS = sorted(COURSE.assignments)
FIGURES = {  # cells that must show one, at least
    "lab_gan": {"game", "early-gradients", "forgetful-map", "ring-figure", "digits-quality", "scores-figure"},
    "lab_autoencoder": {
        "loss-curve",
        "codes",
        "errors",
        "denoising",
        "traversal",
        "projection",
        "better-samples",
        "quality",
    },
    "lab_vae": {"schedules", "loss-curves", "samples", "traversal", "tension", "collapse", "slip", "quality"},
    "lab_diffusion": {"schedules", "fading", "loss-curve", "by-time", "chain", "samples", "fewer", "families-figure"},
    "hw2": {"model-figure", "samples", "reconstructions", "quality", "loss-curves", "latent-animation", "gradient-map"},
    "hw2_conditional": {"digits", "confusion", "restyled", "loss-curves", "latent-animation", "gradient-map"},
}


def read_source(assignment: str) -> NotebookNode:
    path = ROOT / "source" / assignment / COURSE.assignment(assignment).notebook
    return nbformat.read(path, as_version=4)


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def copied_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "course.toml", folder / "course.toml")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "runs")
    shutil.copytree(ROOT / "source", folder / "source", ignore=ignored)
    for name in ("checks", "course_utils"):
        (folder / name).symlink_to(ROOT / name)
    return load_course(folder)


def test_every_source_folder_is_an_assignment_of_the_course() -> None:
    assert sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir()) == ASSIGNMENTS


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_source_is_committed_without_outputs_and_with_one_id_per_cell(assignment: str) -> None:
    source = read_source(assignment)
    nbformat.validate(source)
    assert (source.nbformat, source.nbformat_minor) == (4, 5)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in source.cells)
    marked = [cell for cell in source.cells if "nbgrader" in cell.metadata]
    assert all(cell.id == cell.metadata.nbgrader.grade_id for cell in marked)
    # How long a lab trains is the one given cell that is for students to change: it is not locked, nor told as changed.
    own = [cell.id for cell in source.cells if cell not in marked]
    assert own == (["effort"] if assignment.startswith("lab_") else [])


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_source_runs_from_top_to_bottom_on_a_tiny_budget(
    assignment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_MAX_EPOCHS", "1")
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "20")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # where a kit has the course's helpers, and an instructor, too
    monkeypatch.delenv("COURSE_INBOX", raising=False)
    notebook = read_source(assignment)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    shown = {
        name
        for name, of_cell in outputs.items()
        if any("image/" in kind for output in of_cell for kind in output.get("data", {}))
    }
    assert len(shown) >= 5 and FIGURES.get(assignment, set()) <= shown
    printed = "".join(output.get("text", "") for of_cell in outputs.values() for output in of_cell)
    assert "Epoch:    1 " in printed
    assert not [output for of_cell in outputs.values() for output in of_cell if output.get("name") == "stderr"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_committed_release_is_exactly_what_the_source_generates(assignment: str, copied_course: Course) -> None:
    report = release(copied_course, assignment, run=False)
    assert read_files(report.folder) == read_files(ROOT / "release" / assignment), (
        f"run: autograder release {assignment}"
    )


def test_what_running_a_notebook_leaves_behind_is_not_released(copied_course: Course) -> None:
    left = copied_course.root / "source" / "hw2" / "runs" / "hw2"
    left.mkdir(parents=True)
    (left / "events.out.tfevents.1.host").write_text("of the instructor")
    assert not [file for file in release(copied_course, "hw2", run=False).files if "runs" in file]
