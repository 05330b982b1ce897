"""The student kit is the release with what its notebook imports, and works where no autograder is installed."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.config import Course
from autograder.errors import UsageError
from autograder.release import ReleaseReport, make_kit
from tests.autograder.release.homework import (
    ROOT,
    cell_of,
    copy_course,
    read_files,
)


def test_kit_is_the_release_and_the_two_packages_and_nothing_else(
    released: tuple[Course, ReleaseReport], kit: Path
) -> None:
    with zipfile.ZipFile(kit) as archive:
        names = {name.removeprefix("hw2/") for name in archive.namelist()}
        texts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".py", ".ipynb"))}
    package = {name for name in names if name.startswith(("course_utils/", "coursekit/"))}
    assert names - package == set(released[1].files)
    assert {"course_utils/check.py", "course_utils/data/MNIST/raw/t10k-images-idx3-ubyte.gz"} <= package
    assert not [name for name in package if "__pycache__" in name]
    assert not [name for name, text in texts.items() if re.search(rb"(import|from) autograder", text)]
    assert read_files(kit.with_suffix("")).keys() == names


def test_kit_has_the_deadline_in_its_readme(kit: Path) -> None:
    readme = (kit.with_suffix("") / "README.md").read_text(encoding="utf-8")
    assert "**Deadline:** Friday, 24 February 2023, 23:59 (America/Chicago)." in readme


def test_kit_is_the_same_file_every_time(released: tuple[Course, ReleaseReport], kit: Path) -> None:
    before = kit.read_bytes()
    assert make_kit(released[0], "hw2").read_bytes() == before


def test_kit_before_the_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="autograder release hw2"):
        make_kit(copy_course(tmp_path), "hw2")


KIT_ONLY = """
import importlib.util, sys
from pathlib import Path

root = Path(sys.argv[1])
sys.path = [place for place in sys.path if Path(place).resolve() != root]
sys.meta_path = [finder for finder in sys.meta_path if not finder.__module__.startswith("__editable__")]
assert importlib.util.find_spec("autograder") is None

from course_utils import check, data, models, plotting, training

print(Path(check.__file__).resolve().parent)
print(len(data.load_mnist(64)))
"""


def test_kit_works_with_no_autograder_installed(kit: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", KIT_ONLY, str(ROOT)],
        cwd=tmp_path / "hw2",
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str((tmp_path / "hw2" / "course_utils").resolve()), "938"]


def test_set_up_cell_unpacks_an_uploaded_kit(kit: Path, source: NotebookNode, tmp_path: Path) -> None:
    shutil.copy(kit, tmp_path / "hw2.zip")
    head, _ = KIT_ONLY.split("from course_utils")
    code = head + cell_of(source, "setup").source + "\nimport course_utils\nprint(course_utils.__file__)"
    run = subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout.strip() == str(tmp_path / "hw2" / "course_utils" / "__init__.py"), run.stderr


def test_set_up_cell_says_what_to_do_without_a_kit(source: NotebookNode, tmp_path: Path) -> None:
    head, _ = KIT_ONLY.split("from course_utils")
    code = head + cell_of(source, "setup").source
    run = subprocess.run([sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, capture_output=True, text=True)
    assert "On Colab: upload hw2.zip" in run.stderr
