"""What a notebook or a file of checks needs is found, through every kind of import, and nothing else is."""

from pathlib import Path

import nbformat
import pytest

from autograder.config import load_course
from autograder.imports import code_of, needed_files
from autograder.stored_results import _version, grader_version

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package, a folder of modules that is no package, and a module by itself."""
    files = {
        "tools/__init__.py": "",
        "tools/used.py": "from . import near",
        "tools/near.py": "def late():\n    import tools.deep.inner",
        "tools/deep/__init__.py": "from tools.deep.inner import x",
        "tools/deep/inner.py": "x = 1",
        "tools/deep/numbers/table.csv": "1",
        "tools/unused.py": "",
        "checks/shared/rules.py": "import alone",
        "checks/hw.py": "from checks.shared import rules",
        "checks/other.py": "",
        "alone.py": "import torch",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_is_imported_anywhere_is_found_with_the_data_beside_it(folder: Path) -> None:
    found = needed_files([folder / "tools", folder / "alone.py"], ["from tools.used import f\nimport numpy"])
    names = {path.relative_to(folder).as_posix() for path in found}
    assert names == {
        *("tools/__init__.py", "tools/used.py", "tools/near.py"),
        *("tools/deep/__init__.py", "tools/deep/inner.py", "tools/deep/numbers/table.csv"),
    }


def test_what_a_plan_takes_out_of_a_module_is_found(folder: Path) -> None:
    plan = "ask.call(given('tools.near:late.inner'), plans.given('alone:f'), given(place), given('torch:tensor'))"
    found = needed_files([folder / "tools", folder / "alone.py"], [plan])
    assert {"tools/near.py", "alone.py"} <= {path.relative_to(folder).as_posix() for path in found}


def test_a_folder_without_init_is_a_package_as_the_checks_of_a_course_are(folder: Path) -> None:
    found = needed_files([folder / "checks", folder / "alone.py"], [], [folder / "checks" / "hw.py"])
    names = {path.relative_to(folder).as_posix() for path in found}
    assert names == {"checks/hw.py", "checks/shared/rules.py", "alone.py"}


@pytest.mark.parametrize(
    ("changed", "decides"),
    [
        ("checks/gan/images.py", True),  # what the checks share
        ("checks/hw2/bounds.json", True),
        ("course_utils/gan/attribution/parts.py", True),  # what the checks import of the helpers
        ("course_utils/models.py", True),  # what the notebook imports
        ("checks/hw3/test_bound.py", False),
        ("course_utils/labs/gan_figures.py", False),
    ],
)
def test_a_result_depends_on_what_decides_it_and_on_nothing_else(
    changed: str, decides: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = load_course(ROOT)
    hw2, release = course.assignment("hw2"), course.release_notebook("hw2").read_bytes()
    _version.cache_clear()
    before, read = grader_version(hw2, release), Path.read_bytes
    other = lambda path: read(path) + b"#" * (path == ROOT / changed)  # noqa: E731
    monkeypatch.setattr(Path, "read_bytes", other)
    _version.cache_clear()
    assert (grader_version(hw2, release) != before) is decides
    _version.cache_clear()


def test_no_kit_holds_what_its_notebook_does_not_import() -> None:
    course = load_course(ROOT)
    of = {
        name: {path.relative_to(ROOT).as_posix() for path in needed_files(assignment.helpers, code_of(notebook))}
        for name, assignment in course.assignments.items()
        for notebook in [nbformat.read(course.release_notebook(name), as_version=4)]
    }
    assert "course_utils/gan/record.py" in of["hw2"] and "course_utils/data/__init__.py" in of["hw1"]
    assert not {"course_utils/gan/record.py", "course_utils/labs/vae.py"} & of["hw1"]
    assert "course_utils/variational.py" in of["lab_vae"] and "course_utils/variational.py" not in of["hw2"]
