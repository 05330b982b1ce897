"""Mistakes of authors are told in one sentence, before a student meets them; skeletons overwrite nothing."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.checks import load_checks, make_probes
from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.plans.write_plans import public_files
from autograder.release import make_kit, release
from autograder.selftest import record_solution
from autograder.skeleton import add_assignment, make_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """An outside course with one assignment, as the skeletons make them."""
    make_course(tmp_path / "course", "A course", "UTC")
    add_assignment(load_course(tmp_path / "course"), "hw1", "Homework 1")
    return load_course(tmp_path / "course")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def edit_notebook(course: Course, edit: Callable[[dict[str, NotebookNode], NotebookNode], None]) -> None:
    path = course.source_notebook("hw1")
    notebook = nbformat.read(path, as_version=4)
    edit({cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, path)


def edit_checks(course: Course, old: str, new: str) -> None:
    path = course.assignment("hw1").checks
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def hide_tests(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["check_softmax"].source += "\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"


def forget_the_region(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["softmax"].source = cells["softmax"].source.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")


def call_two_alike(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["imports"].metadata.nbgrader.grade_id = "title"


def give_three_points(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["check_softmax"].metadata.nbgrader.points = 3


def add_a_cell(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    marks = {**cells["check_softmax"].metadata.nbgrader, "grade_id": "check_more"}
    notebook.cells.append(nbformat.v4.new_code_cell("check('check_more')", metadata={"nbgrader": marks}))


def give_another_function(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["check_softmax"].source = cells["check_softmax"].source.replace(", softmax)", ", torch)")


def check_another_cell(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
    cells["check_softmax"].source = cells["check_softmax"].source.replace('"check_softmax"', '"check_sofmax"')


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (hide_tests, r"hw1\.ipynb: cell 5 \(check_softmax\) has hidden tests, which would be lost"),
        (forget_the_region, r"hw1\.ipynb: cell 4 \(softmax\) is a solution without a region"),
        (call_two_alike, r"hw1\.ipynb: cells 1 and 2 are both called 'title'"),
        (give_three_points, r"checks of the cell check_softmax are worth 2 points, and the cell in hw1\.ipynb 3"),
        (add_a_cell, r"test cell check_more of hw1\.ipynb gives 2 points, and no check in .*hw1\.py is for it"),
        (
            give_another_function,
            r"does not pass softmax to check, and the plan \w+ asks .*\('check_softmax', torch, softmax\)",
        ),
        (
            check_another_cell,
            r"cell check_softmax of hw1\.ipynb calls check\('check_sofmax', \.\.\.\), so its plans are",
        ),
    ],
)
def test_what_is_wrong_with_a_notebook_is_told_and_changes_nothing(
    course: Course, edit: Callable[[dict[str, NotebookNode], NotebookNode], None], said: str
) -> None:
    edit_notebook(course, edit)
    before = contents(course.root)
    with pytest.raises(UsageError, match=said) as caught:
        release(course, "hw1")
    assert "\n" not in str(caught.value)
    assert contents(course.root) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'check(cell="check_softmax", points=1)',
            'check(cell="check_sofmax", points=1)',
            r"hw1\.py, line 3\d: .*sofmax",
        ),
        ("points=1)\ndef", ")\ndef", r"hw1\.py, line \d+: .* says no points"),
        ("import torch\n", "import torhc\n", r"hw1\.py, line 8: this cannot be imported .*torhc"),
        ("def scores(ask):", "def scores(ask:", r"hw1\.py, line 18: this is no valid Python"),
        ('ask.call("softmax", given)))', "ask.call(print, given)))", r"hw1\.py, line \d+: the plan scores "),
        (
            "ask.randn(rows, columns)",
            "ask.randn(rows, columnz)",
            r"hw1\.py, line \d+: the plan scores stops with NameErr",
        ),
        ("points=1, needs=[", 'points=1, needs=["b", ', r"hw1\.py, line \d+: large_scores_do_no_harm needs 'b'"),
    ],
)
def test_what_is_wrong_with_checks_is_told_with_file_and_line(course: Course, old: str, new: str, said: str) -> None:
    edit_checks(course, old, new)
    before = contents(course.root)
    with pytest.raises(UsageError, match=said) as caught:
        release(course, "hw1")
    assert "\n" not in str(caught.value)
    assert contents(course.root) == before


def test_a_cell_that_gives_points_without_any_checks_is_told(course: Course) -> None:
    course.assignment("hw1").checks.unlink()
    with pytest.raises(
        UsageError, match=r"test cell check_softmax of hw1 gives points, and there are no checks: write"
    ):
        release(course, "hw1")


def test_a_solution_without_full_marks_is_not_released_and_the_check_is_named(course: Course) -> None:
    def take_columns(cells: dict[str, NotebookNode], notebook: NotebookNode) -> None:
        cells["softmax"].source = cells["softmax"].source.replace("dim=-1", "dim=0")

    edit_notebook(course, take_columns)
    with pytest.raises(UsageError) as refused:
        release(course, "hw1")
    assert re.search(
        r"full marks: each_row_is_the_softmax.* failed \(.*does not have the right value", str(refused.value)
    )
    assert str(refused.value).endswith(
        "; nor do large_scores_do_no_harm give all of their points. With --no-run it is released as it is."
    )
    assert not any((course.root / name).exists() for name in ("release", "gradebook.db", "nbgrader_config.db"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "(large_scores):",
            "(large_score):",
            r"broke: hw1\.py, line 40: test_large_scores_do_no_harm asks for large_score, which is no plan and no "
            r"fixture; did you mean large_scores\? With",
        ),
        (
            "given, got = large_scores",
            "given, got = large_scores\n    expect(got).close(given, slips=[(COLUMNS, given)])",
            r"broke: checks/hw1\.py, line 44: TypeError: slips are a dict, each slip with the value",
        ),
    ],
)
def test_a_check_that_breaks_over_the_own_solution_is_told_with_file_and_line(
    course: Course, old: str, new: str, said: str
) -> None:
    edit_checks(course, old, new)
    with pytest.raises(UsageError, match=said):
        release(course, "hw1")


def test_a_function_that_no_cell_defines_is_told_with_the_one_that_was_meant(course: Course) -> None:
    edit_checks(course, 'ask.call("softmax", given)))', 'ask.call("sofmax", given)))')
    said = (
        r"hw1\.py, line 17: the plan scores asks for sofmax, which hw1\.ipynb does not define; did you mean softmax\?"
    )
    with pytest.raises(UsageError, match=said):
        release(course, "hw1")


def test_of_right_checks_none_gives_points_for_nothing(course: Course) -> None:
    assert release(course, "hw1").warnings == ()


def test_a_check_that_gives_points_for_nothing_is_told(course: Course) -> None:
    edit_checks(course, "expect(got).close(torch.softmax(given, dim=1), hint=OVERFLOW)", "expect(got)")
    edit_checks(course, ', needs=["each_row_is_the_softmax_of_its_scores"]', "")
    (told,) = release(course, "hw1").warnings
    assert told.startswith("large_scores_do_no_harm gives points to the notebook as it is handed out")


def test_what_students_can_try_is_the_public_plan_and_nothing_of_the_hidden_one(course: Course) -> None:
    files = public_files(course.assignment("hw1").checks)
    assert {name.rpartition("/")[0] for name in files} == {"public/scores"}


def test_skeletons_overwrite_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    made = make_course(tmp_path, "A course", "UTC")
    assert (tmp_path / "README.md").read_text() == "mine"
    assert tmp_path / "README.md" not in made and tmp_path / "course.toml" in made
    with pytest.raises(UsageError, match=r"course\.toml is there already"):
        make_course(tmp_path, "Another", "UTC")
    (tmp_path / "checks" / "hw1.py").write_text("mine, too")
    before = contents(tmp_path)
    with pytest.raises(UsageError, match=r"hw1\.py is there already: choose another name, or move it away"):
        add_assignment(load_course(tmp_path), "hw1", "Homework 1")
    with pytest.raises(UsageError, match="no name for an assignment"):
        add_assignment(load_course(tmp_path), "../hw1", "Homework 1")
    assert contents(tmp_path) == before


def test_titles_and_names_with_odd_characters_stay_what_they_are(tmp_path: Path) -> None:
    make_course(tmp_path, 'Of "depth" \\ {{ and }} more', "UTC")
    add_assignment(load_course(tmp_path), "hw-1_b", 'The "first" \\ one')
    course = load_course(tmp_path)
    assert course.name == 'Of "depth" \\ {{ and }} more'
    assert course.assignment("hw-1_b").title == 'The "first" \\ one'
    notebook = nbformat.read(course.source_notebook("hw-1_b"), as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith('# The "first" \\ one\n')
    with pytest.raises(UsageError, match="already"):
        add_assignment(course, "HW-1_b", "The second one")


def test_nbgraders_own_commands_are_led_to_the_sandbox_in_this_course_and_in_new_ones(tmp_path: Path) -> None:
    make_course(tmp_path, "A course", "UTC")
    own = Path(__file__).parents[2] / "nbgrader_config.py"
    assert (tmp_path / "nbgrader_config.py").read_text() == own.read_text()


def test_a_kit_holds_the_helpers_that_only_a_public_plan_names(course: Course) -> None:
    for name in ("shown", "hidden", "unused"):
        (course.root / f"{name}.py").write_text("def one():\n    return 1\n", encoding="utf-8")
    settings = course.root / "course.toml"
    helpers = 'helpers = ["shown", "hidden", "unused"]\n'
    settings.write_text(helpers + settings.read_text(encoding="utf-8"), encoding="utf-8")
    asking = "\n\n\n@plan('check_softmax', public={})\ndef {}_one(ask):\n    return ask.call(given('{}:one'))\n"
    checks = course.assignment("hw1").checks
    plans = asking.format(True, "shown", "shown") + asking.format(False, "hidden", "hidden")
    checks.write_text(checks.read_text() + "\n\nfrom autograder.plans import given\n" + plans, encoding="utf-8")
    released = course.root / "release" / "hw1"
    shutil.copytree(course.source_notebook("hw1").parent, released)
    kit = make_kit(load_course(course.root), "hw1").with_suffix("")
    assert (kit / "shown.py").exists() and not (kit / "hidden.py").exists() and not (kit / "unused.py").exists()


def test_checks_of_a_new_course_run_by_hand_over_a_kept_trace(course: Course) -> None:
    hw1, trace = course.assignment("hw1"), course.root / "trace"
    experiments = load_checks(hw1.checks).experiments
    make_probes(load_checks(hw1.checks), 1, trace / "inbox")
    wrong = course.root / "solutions" / "hw1" / "wrong" / "columns.py"
    record_solution(wrong, experiments, trace / "inbox", trace / "outbox")
    command = [sys.executable, "-m", "pytest", "checks/hw1.py", "--trace-folder", str(trace), "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 1 and "1 failed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "does not have the right value" in done.stdout
