"""The student kit by itself: in an environment of only its `requirements.txt`, as a student or GitHub runs it."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.release import make_kit
from coursekit.handin import check_files

REQUIRED = ("netid", "hw2.ipynb", "hw2.pdf")

ANSWERS = {
    f"answer_{name}": f"About {name}: the losses fall, $L_D$ too, and the samples look like the digits of the data."
    for name in ("what_you_did", "results", "mode_collapse", "conflicts", "conditioning")
}


def required_by(requirements: list[Requirement]) -> Iterator[str]:
    """The names of the packages that pip would install for `requirements`, these included."""
    waiting, seen = list(requirements), set()
    while waiting:
        wanted = waiting.pop()
        key = (wanted.name.lower(), *sorted(wanted.extras))
        if key in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(key)
        try:
            needs = distribution(wanted.name).requires or []
        except PackageNotFoundError:
            continue  # for another platform, or an extra that is not there
        yield wanted.name
        for need in map(Requirement, needs):
            extras = [extra for extra in wanted.extras if need.marker and need.marker.evaluate({"extra": extra})]
            if not need.marker or extras or need.marker.evaluate({"extra": ""}):
                need.marker = None
                waiting.append(need)


@pytest.fixture(scope="module")
def kit(released_course: Course) -> Path:
    return make_kit(released_course, "hw2")


@pytest.fixture(scope="module")
def python(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a new environment, into which the packages of `requirements.txt` are linked, and nothing else."""
    root = tmp_path_factory.mktemp("student") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    (site,) = root.glob("lib/python*/site-packages")
    lines = (kit.with_suffix("") / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    for name in required_by([*wanted, Requirement("pip")]):
        package = distribution(name)
        for file in package.files or ():
            if file.parts[0] == "..":  # data files, such as the templates of nbconvert, or programs
                place = (site / file).resolve() if "share" in file.parts else None
            else:
                place = site / file.parts[0]
            if place and place.name != "__pycache__" and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                inside = file if place.name == file.name else file.parts[0]
                place.symlink_to(Path(str(package.locate_file(inside))).resolve())
    return root / "bin" / "python"


@pytest.fixture
def folder(kit: Path, filled: Callable[[dict[str, str]], bytes], tmp_path: Path) -> Path:
    """The unpacked kit, filled in by a group of two."""
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "hw2"
    (folder / "hw2.ipynb").write_bytes(filled(THREE_OPTIMIZERS | ANSWERS))
    (folder / "netid").write_text("Ada1@uni.edu\nbo22\n")
    return folder


def run(python: Path, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COURSE_"))}
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    command = [str(python), "-m", "coursekit.submit", *arguments]
    return subprocess.run(command, cwd=folder, env=environment | variables, capture_output=True, text=True)


def test_environment_of_the_kit_has_neither_autograder_nor_source(python: Path, folder: Path) -> None:
    code = "import importlib.util as u; print([u.find_spec(n) for n in ('autograder', 'nbgrader', 'source', 'rich')])"
    found = subprocess.run([str(python), "-c", code], cwd=folder, capture_output=True, text=True)
    assert found.stdout.strip() == "[None, None, None, None]", found.stderr


def test_one_command_runs_the_notebook_and_makes_three_files_that_the_collector_accepts(
    python: Path, folder: Path
) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    as_written = (folder / "netid").read_text()
    (folder / "netid").write_text("ada1\nbo22\n")
    done = run(python, folder, COURSE_MAX_EPOCHS="1", COURSE_MAX_STEPS_PER_EPOCH="5")
    said = done.stdout
    assert done.returncode == 0, said + done.stderr  # the short training was asked for, and is told all the same
    assert "Note: COURSE_MAX_EPOCHS and COURSE_MAX_STEPS_PER_EPOCH cut the training short." in said
    (folder / "netid").write_text(as_written)
    again = run(python, folder, "--no-run", "--no-pdf", COURSE_MAX_EPOCHS="1")
    assert again.returncode == 1  # what is saved is looked at, whatever is set now
    assert "netid was repaired: an e-mail address instead of an id, capital letters." in again.stdout
    assert "shows a training that was cut short" in again.stdout
    assert "] train_step" in said
    assert "Epoch:    1 AE Loss:" in said
    assert "git add --force netid hw2.ipynb hw2.pdf" in said
    files = {name: (folder / name).read_bytes() for name in ("netid", "hw2.ipynb", "hw2.pdf")}
    check = check_files(files, REQUIRED)
    assert check.pdf is not None
    assert check.pdf.share == 1.0
    assert len(check.remarks) == 2
    assert "shows a training that was cut short (1 of 80 epochs with 5 of 938 steps), not the whole one." in said
    notebook = nbformat.reads(files["hw2.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    pictures = [
        kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})
    ]
    assert {"image/png", "image/gif"} <= set(pictures)
    assert not [path for path in folder.iterdir() if path.name.startswith("making-pdf")]


def test_steps_of_the_workflow_run_as_they_stand(python: Path, folder: Path) -> None:
    workflow = yaml.safe_load((folder / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    before = (folder / "hw2.ipynb").read_bytes()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COURSE_"))}
    environment |= {"PATH": f"{python.parent}{os.pathsep}{environment['PATH']}", "PIP_NO_INDEX": "1"}
    said = ""
    for step in job["steps"]:
        if "run" in step:
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=folder, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            said += done.stdout
    assert "✓ Together the optimizers hold all parameters of E, G and D" in said
    assert "Every cell runs." in said
    assert (folder / "hw2.ipynb").read_bytes() == before


def test_failing_cell_is_named_and_the_notebook_stays_as_it_was(python: Path, folder: Path) -> None:
    path = folder / "hw2.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(4, nbformat.v4.new_code_cell("print('so far')\n{}['my key']"))
    nbformat.write(notebook, path)
    before = path.read_bytes()
    done = run(python, folder)
    assert done.returncode == 2
    assert "so far" in done.stdout
    assert "(print('so far')) stops with KeyError: 'my key'" in done.stderr
    assert "what you have all the same" in done.stderr and "--no-run" in done.stderr
    assert "hw2.ipynb is as it was before" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before
    assert not (folder / "hw2.pdf").exists()


def test_without_a_browser_it_says_how_to_print_by_hand(python: Path, folder: Path) -> None:
    git = shutil.which("git")
    assert git
    (folder / "bin").mkdir()
    (folder / "bin" / "git").symlink_to(git)
    done = run(python, folder, "--no-run", PATH=f"{python.parent}{os.pathsep}{folder / 'bin'}")
    assert done.returncode == 1
    assert "No Chromium, Chrome or Edge was found" in done.stdout
    assert "Save and Export Notebook As > HTML" in done.stdout
    assert "hw2.pdf is missing." in done.stdout
    assert "never ran" in done.stdout
    assert "git push" not in done.stdout


def test_kit_names_its_files_and_another_folder_is_told_in_one_sentence(
    python: Path, folder: Path, tmp_path: Path
) -> None:
    assert json.loads((folder / "coursekit" / "assignment.json").read_text())["notebook"] == "hw2.ipynb"
    (tmp_path / "empty").mkdir()
    done = run(python, folder, "--folder", str(tmp_path / "empty"))
    assert done.returncode == 2
    assert done.stderr.strip().startswith("hw2.ipynb is not in ")
    assert len(done.stderr.strip().splitlines()) == 1
