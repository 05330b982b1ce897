"""What is made of an nbgrader notebook judges as its tests did, and what a program cannot tell is named."""

import re
from pathlib import Path

import nbformat
import pytest

from autograder.checks import load_checks, make_probes
from autograder.checks.load import enter_course
from autograder.config import Course, load_course
from autograder.conversion import Converted, convert
from autograder.errors import UsageError
from autograder.release import release
from autograder.selftest import disagreement, find_solutions, judge_solution
from autograder.skeleton import make_course
from autograder.verdict import Verdict
from tests.autograder.conversion.notebooks import NUMPY, PYTHON, TORCH, notebook_of
from tests.autograder.test_cli import run

NOTEBOOKS = {"numpy_basics": NUMPY, "torch_basics": TORCH, "python_basics": PYTHON}
POINTS = {"numpy_basics": 7.0, "torch_basics": 5.0, "python_basics": 5.0}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, Converted]]:
    """A course with all notebooks converted, and what was said of each."""
    root = tmp_path_factory.mktemp("conversion") / "course"
    make_course(root, "A course", "UTC")
    said = {}
    for name, text in NOTEBOOKS.items():
        nbformat.write(notebook_of(text), root / f"{name}.ipynb")
        said[name] = convert(load_course(root), root / f"{name}.ipynb", name, name)
    return load_course(root), said


def verdict_of(course: Course, name: str, old: str, new: str, folder: Path) -> Verdict:
    """On the solution of the notebook, with an edit."""
    source = (course.assignment(name).solutions / "right" / "reference.py").read_text()
    assert old in source
    (folder / "solution.py").write_text(source.replace(old, new))
    place = course.assignment(name).checks
    enter_course(course.root)
    make_probes(load_checks(place), 5, folder / "inbox")
    return judge_solution(place, folder / "solution.py", folder / "inbox")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_known_solutions_are_judged_as_they_claim_to_be(
    made: tuple[Course, dict[str, Converted]], name: str, tmp_path: Path
) -> None:
    course, _ = made
    assignment = course.assignment(name)
    enter_course(course.root)
    make_probes(load_checks(assignment.checks), 3, tmp_path)
    for claim in find_solutions(assignment.solutions):
        verdict = judge_solution(assignment.checks, claim.path, tmp_path)
        assert disagreement(claim, verdict) == ""
        assert verdict.max_points == POINTS[name]
        assert (verdict.points == verdict.max_points) == (claim.kind == "right")


@pytest.mark.parametrize(
    ("name", "old", "new", "check", "points"),
    [
        ("numpy_basics", "x.std(axis=0)", "x.var(axis=0)", "standardize_hidden", 5.0),
        ("numpy_basics", "x.mean(axis=0)", "x.mean()", "standardize_visible", 3.0),
        ("numpy_basics", 'raise ValueError("no values")', "return None", "median_visible", 4.0),
        ("numpy_basics", "ordered[half] if", "ordered[0] if", "median_visible", 4.0),
        ("torch_basics", "nn.Linear(hidden, outputs)", "nn.Linear(hidden, 1)", "net_shapes_visible", 3.0),
        ("torch_basics", "F.cross_entropy(logits, labels)", "F.cross_entropy(logits.softmax(1), labels)", "", 2.0),
        ("torch_basics", "F.cross_entropy(logits, labels)", "torch.tensor(0.2200949)", "loss_value_hidden", 3.5),
        ("python_basics", "answer = 42", "answer = 41", "the_answer_visible", 4.0),
        ("python_basics", "self.money += amount", "self.money = amount", "account_visible", 3.0),
        ("python_basics", "self.money += amount", "self.money += amount + (abs(amount) == 1)", "account_visible", 3.0),
        ("python_basics", "if c.isalpha()", "", "cell_3f9a_visible", 3.0),
        ("python_basics", "text.lower().split()", "str(text).lower().split()", "cell_3f9a_hidden", 4.0),
    ],
)
def test_what_failed_a_test_fails_its_check(
    made: tuple[Course, dict[str, Converted]], name: str, old: str, new: str, check: str, points: float, tmp_path: Path
) -> None:
    verdict = verdict_of(made[0], name, old, new, tmp_path)
    failed = [result.name for result in verdict.checks if result.outcome == "failed"]
    assert failed == [check or "loss_value_visible"]
    assert verdict.points == points and not verdict.faults


def test_no_hidden_test_is_told_to_students(made: tuple[Course, dict[str, Converted]], tmp_path: Path) -> None:
    verdict = verdict_of(made[0], "torch_basics", "F.cross_entropy(logits, labels)", "torch.tensor(0.22)", tmp_path)
    told = " ".join(f"{result.rationale} {result.help}" for result in verdict.checks)
    assert "1 - labels" not in told and "1000" not in told


def test_the_assignment_can_be_released_and_shows_no_test(made: tuple[Course, dict[str, Converted]]) -> None:
    course, name = made[0], "python_basics"
    enter_course(course.root)
    assert release(course, name, run=False).code_points == POINTS[name]
    released = nbformat.read(course.release_notebook(name), as_version=4)
    sources = "\n".join(cell.source for cell in released.cells if cell.metadata.nbgrader.grade)
    assert sources.splitlines() == [
        'check("the-answer", answer)',
        'check("cell-3f9a", count_words, is_palindrome)',
        'check("test_account", Account)',
    ]
    assert all(not cell.get("outputs") for cell in released.cells)


def test_what_is_left_is_named_with_its_cell_and_why(made: tuple[Course, dict[str, Converted]]) -> None:
    _, said = made
    reasons = {
        name: re.findall(r"^In `(.+)`, a ((?:hidden )?test): (.+)\.$", one.page.read_text(), re.MULTILINE)
        for name, one in said.items()
    }
    assert [one.left for one in said.values()] == [len(found) for found in reasons.values()] == [3, 2, 4]
    assert ("test_median", "hidden test", "`price` comes from a statement that is left") in reasons["numpy_basics"]
    assert ("net_shapes", "test", "it looks at the attribute `out` of a student's object") in reasons["torch_basics"]
    assert said["python_basics"].ungraded == ("test_plot",)
    assert "`test_plot` gives no points now (3 before)" in said["python_basics"].page.read_text()
    assert said["numpy_basics"].tests == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## solution f\ndef f():\n    return 1\n", "has no test cell of nbgrader"),
        ("## given a\nx = 1\n## test t 1\nassert x == 1\n", "None of the tests in .* can be converted"),
    ],
)
def test_a_notebook_without_tests_that_can_be_converted_changes_nothing(text: str, said: str, tmp_path: Path) -> None:
    make_course(tmp_path / "course", "A course", "UTC")
    nbformat.write(notebook_of(text), tmp_path / "old.ipynb")
    before = sorted((tmp_path / "course").rglob("*"))
    with pytest.raises(UsageError, match=said):
        convert(load_course(tmp_path / "course"), tmp_path / "old.ipynb", "old", "Old")
    assert sorted((tmp_path / "course").rglob("*")) == before


def test_a_name_that_is_taken_changes_nothing(made: tuple[Course, dict[str, Converted]]) -> None:
    course, _ = made
    files = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="is there already"):
        convert(course, course.root / "numpy_basics.ipynb", "numpy_basics", "Again")
    assert {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()} == files


def test_what_is_no_notebook_is_told(tmp_path: Path) -> None:
    make_course(tmp_path / "course", "A course", "UTC")
    (tmp_path / "old.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="is not a notebook that can be read"):
        convert(load_course(tmp_path / "course"), tmp_path / "old.ipynb", "old", "Old")


def test_a_notebook_whose_name_no_assignment_can_have_is_told_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_course(tmp_path / "course", "A course", "UTC")
    nbformat.write(notebook_of(PYTHON), tmp_path / "Homework 3 (2).ipynb")
    assert run("convert", tmp_path / "Homework 3 (2).ipynb", "--course", tmp_path / "course") == 2
    assert "with --name" in capsys.readouterr().err
