"""A course of somebody else: all that its tutorial says is done with the installed package alone."""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.tutorial import carry_out, own_environment

REPOSITORY = Path(__file__).parents[2]
INSTALLED = Path(pytest.__file__).parents[1]  # the packages that the tests run with
SHARED = "share/jupyter"  # kernels, and templates of pages
TUTORIAL = REPOSITORY / "docs" / "tutorials" / "own-course.md"


@pytest.fixture(scope="module")
def environment() -> Iterator[Path]:
    """A new environment with the wheel of this package, and the packages that it needs.

    Those are linked from the running environment, so no network is asked. It lies within that one, since a link cannot
    lead to another file system, and the sandbox shows no package that lies outside of an environment.
    """
    with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="outside-") as folder:
        root = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
        (site,) = root.glob("lib/python*/site-packages")
        left_out = shutil.ignore_patterns("__editable__*", "autograded_deep_learning_course*", "include")
        shutil.copytree(INSTALLED, site, copy_function=os.link, ignore=left_out, dirs_exist_ok=True)
        shutil.copytree(Path(sys.prefix) / SHARED, root / SHARED, copy_function=os.link)
        alembic = (Path(sys.executable).parent / "alembic").read_text().partition("\n")[2]
        (root / "bin" / "alembic").write_text(f"#!{root}/bin/python\n{alembic}")
        (root / "bin" / "alembic").chmod(0o755)
        install_wheel(root / "bin" / "python", Path(folder))
        yield root


def install_wheel(python: Path, folder: Path) -> None:
    """Build the wheel from a copy, which leaves nothing in the repository, and install it."""
    source = folder / "source"
    for name in ("autograder", "coursekit", "course_utils", "checks", "solutions"):
        shutil.copytree(REPOSITORY / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "MNIST"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True)


@pytest.fixture(scope="module")
def course(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course of the tutorial, made with the installed package by carrying out all that it says."""
    folder = tmp_path_factory.mktemp("outside") / "here"
    folder.mkdir()
    return carry_out(TUTORIAL, folder, own_environment(environment / "bin"))


def test_the_installed_package_holds_no_course(environment: Path) -> None:
    code = (
        "import importlib.util as u, autograder, coursekit; print(autograder.__file__, coursekit.__file__)\n"
        "print([name for name in ('course_utils', 'checks', 'solutions', 'tests') if u.find_spec(name)])"
    )
    python = environment / "bin" / "python"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert all(Path(place).is_relative_to(environment) for place in found[0].split())
    assert found[1] == "[]"


def test_all_submissions_are_graded_by_the_checks_of_the_course(course: Path) -> None:
    with (course / "exports" / "hw1.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: (float(row["score"]), float(row["max_score"])) for name, row in rows.items()} == {
        "ada": (8.0, 8.0),
        "bo": (6.5, 8.0),
        "cy": (5.0, 8.0),
    }
    assert (course / "autograded" / "ada" / "hw1" / "netid").read_text() == "ada\n"  # students fill it in


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("bo", "std is squared here"),
        ("bo", "There is no ReLU between the layers"),
        ("cy", "took longer than 2 seconds"),
    ],
)
def test_each_gets_a_page_with_the_reason(course: Path, student: str, reason: str) -> None:
    assert reason in (course / "feedback" / student / "hw1" / "hw1.html").read_text()


def test_the_kit_holds_the_instrument_the_public_plans_and_what_the_notebook_imports(course: Path) -> None:
    kit = course / "kits" / "hw1"
    assert {path.name for path in kit.iterdir()} == {
        *(".github", ".gitignore", "README.md", "hw1.ipynb", "netid", "requirements.txt"),
        *("coursekit", "public", "tools.py"),
    }
    assert sorted(path.name for path in (kit / "public").iterdir()) == ["figure", "networks", "noise", "scores"]
