"""A course of somebody else: made, edited, released, graded and exported with the installed package alone."""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.attempt import fill_in

REPOSITORY = Path(__file__).parents[2]
INSTALLED = Path(pytest.__file__).parents[1]  # the packages that the tests run with
SHARED = "share/jupyter"  # kernels, and templates of pages
RIGHT = "def softmax(scores):\n    return torch.nn.functional.softmax(scores, dim=-1)"
WRONG = "def softmax(scores):\n    return scores.exp() / scores.exp().sum(dim=-1, keepdim=True)"


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
    """An outside course with an assignment that was edited, released, handed in twice, and graded."""
    root = tmp_path_factory.mktemp("outside") / "course"
    run(environment, root.parent, "new-course", "course", "--title", "Another course")
    run(environment, root, "new", "hw1", "--title", "Homework 1")
    edit(root)
    run(environment, root, "release", "hw1")
    release = nbformat.read(root / "release" / "hw1" / "hw1.ipynb", as_version=4)
    for student, solution in (("ada", RIGHT), ("bo", WRONG)):
        folder = root / "submitted" / student / "hw1"
        folder.mkdir(parents=True)
        nbformat.write(fill_in(release, {"softmax": solution}), folder / "hw1.ipynb")
        (folder / "netid").write_text(f"{student}\n")
    run(environment, root, "grade", "hw1")
    return root


def edit(root: Path) -> None:
    """The edits of an author: a module of the course's own, and a point more."""
    (root / "tools.py").write_text("def describe(rows):\n    return f'{len(rows)} rows'\n")
    settings = (root / "course.toml").read_text()
    (root / "course.toml").write_text(settings.replace('# helpers = ["helpers"]  ', 'helpers = ["tools"]'))
    path = root / "source" / "hw1" / "hw1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    cells["imports"].source += "\nfrom tools import describe\n\nprint(describe(torch.zeros(3, 2)))"
    cells["check_softmax"].metadata.nbgrader.points = 3
    nbformat.write(notebook, path)
    checks = root / "checks" / "hw1.py"
    checks.write_text(checks.read_text().replace("points=1)", "points=2)"))


def run(environment: Path, folder: Path, *arguments: str) -> str:
    """What the installed `autograder` prints in a folder; it is told of nothing else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COURSE_", "VIRTUAL"))}
    kept["PATH"] = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [str(environment / "bin" / "autograder"), *arguments]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_installed_package_holds_no_course(environment: Path) -> None:
    code = (
        "import importlib.util as u, autograder, coursekit; print(autograder.__file__, coursekit.__file__)\n"
        "print([name for name in ('course_utils', 'checks', 'solutions', 'tests') if u.find_spec(name)])"
    )
    python = environment / "bin" / "python"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert all(Path(place).is_relative_to(environment) for place in found[0].split())
    assert found[1] == "[]"


def test_both_submissions_are_graded_by_the_checks_of_the_course(environment: Path, course: Path) -> None:
    print_ = run(environment, course, "export", "hw1")
    assert str(course / "exports" / "hw1.csv") in print_
    with (course / "exports" / "hw1.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: (float(row["score"]), float(row["max_score"])) for name, row in rows.items()} == {
        "ada": (3.0, 3.0),
        "bo": (2.0, 3.0),
    }
    assert (course / "autograded" / "ada" / "hw1" / "netid").read_text() == "ada\n"  # students fill it in


def test_each_gets_a_page_with_the_reason(environment: Path, course: Path) -> None:
    pages = run(environment, course, "report", "hw1").split()
    assert [Path(page).parent.parent.name for page in pages] == ["ada", "bo"]
    assert "exp() of a large score is infinite" in Path(pages[1]).read_text()


def test_the_checks_of_the_skeleton_pass_their_selftest(environment: Path, course: Path) -> None:
    assert "3 of 3 are judged as they claim to be." in run(environment, course, "selftest", "hw1", "--processes", "1")


def test_the_kit_holds_the_instrument_the_public_plan_and_what_the_notebook_imports(course: Path) -> None:
    kit = course / "kits" / "hw1"
    assert {path.name for path in kit.iterdir()} == {
        *(".github", ".gitignore", "README.md", "hw1.ipynb", "netid", "requirements.txt"),
        *("coursekit", "public", "tools.py"),
    }
    assert [path.name for path in (kit / "public").iterdir()] == ["scores"]
