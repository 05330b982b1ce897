"""The same class for otter-grader: its environment, the assignment in its format, and one `otter run` a submission.

Each test cell of the notebook is a test of otter's, of as many points, that calls the same visible check: otter runs
the notebook and then its tests, in a process of its own without any sandbox.
"""

import json
import site
import subprocess
import venv
import zipfile
from pathlib import Path

import nbformat

from autograder.intake import grade_id, graded_by_checks

NAME = "otter"  # folder of the results of a class
ASSIGNMENT = "autograder.zip"
_TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case(points=points)
def test_cell(env):
    exec({source!r}, env)
"""
_GRADE = """
import subprocess, sys
from pathlib import Path
for submission in sorted(Path("submitted").glob("*/hw2/hw2.ipynb")):
    results = Path("otter") / submission.parts[1]
    results.mkdir(parents=True)
    command = [sys.executable, "-m", "otter", "run", "-a", "autograder.zip", "-o", str(results), str(submission)]
    subprocess.run(command, check=True)
"""


def install_otter(folder: Path) -> Path:
    """An environment with otter-grader and all that this one has; returns its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True, check=True
    ).stdout.strip()
    Path(where, "also.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "otter-grader"], check=True, stderr=subprocess.DEVNULL)
    return python


def make_otter_assignment(release: Path, folder: Path) -> None:
    """Otter's zip of an assignment, with a test for each cell of the release whose points come from checks."""
    notebook = nbformat.read(release, as_version=4)
    with zipfile.ZipFile(folder / ASSIGNMENT, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        archive.writestr("requirements.txt", "")
        for cell in filter(graded_by_checks, notebook.cells):
            name, points = str(grade_id(cell)), float(cell.metadata["nbgrader"]["points"])
            archive.writestr(f"tests/{name}.py", _TEST.format(name=name, points=points, source=cell.source))


def otter_command(python: Path) -> list[str]:
    """Grades what lies in `submitted/` of the current folder."""
    return [str(python), "-c", _GRADE]
