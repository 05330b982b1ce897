"""The selftest and the calibration work on plans as on any other experiment."""

import json
import shutil
from pathlib import Path

import pytest

from autograder.calibration.runs import quality_of
from autograder.checks import make_probes
from autograder.selftest import Selftest, judge_solution, running, selftest
from autograder.selftest.matrix_json import matrix_as_json
from tests.plans.course import COURSE, checks, declared, place, solution


def copy_of(folder: Path, assignment: str, *names: str) -> Path:
    """A folder of solutions with some of an assignment's."""
    for name in names:
        path = solution(assignment, name)
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / path.parent.name)
    return folder


def test_solutions_and_mutants_of_plans_are_judged(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, "lab_vae", "reference", "half_missing", "weight_divides_by_zero")
    matrix = selftest(Selftest(place("lab_vae"), folder, mutants=6, processes=1))
    assert matrix.passed and [row.name for row in matrix.rows] == [
        "reference",
        "half_missing",
        "weight_divides_by_zero",
    ]
    assert len(matrix.mutants) == 6
    fates = {row.fate for row in matrix.mutants}
    assert fates <= {"equivalent", "killed", "undecided"} and "killed" in fates
    written = json.loads(json.dumps(matrix_as_json(matrix)))
    assert written["summary"]["mistakes"]["half-missing"]["divergence_is_that_of_two_normals"] == 1


def test_what_a_solution_of_one_cell_does_not_define_is_caught_by_no_check(tmp_path: Path) -> None:
    """A wrong solution may define the functions of its own cell alone, which says nothing of the checks of others."""
    (tmp_path / "wrong").mkdir()
    claim, _, _ = solution("lab_vae", "half_missing").read_text(encoding="utf-8").partition("import torch")
    own = "def divergence(mean, log_var):\n    return mean.square() + log_var.exp() - 1 - log_var\n"
    (tmp_path / "wrong" / "half_missing.py").write_text(claim + own, encoding="utf-8")
    matrix = selftest(Selftest(place("lab_vae"), tmp_path, processes=1))
    assert matrix.passed
    assert matrix.caught() == {"half-missing": {"divergence_is_that_of_two_normals": 1}}
    assert set(matrix.never_failing()) == set(matrix.checks) - {"divergence_is_that_of_two_normals"}


def test_a_quick_selftest_leaves_slow_plans_out_and_says_so(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, "vae", "reference", "decoder_never_moves")
    matrix = selftest(Selftest(place("vae"), folder, quick=True, processes=1))
    assert matrix.passed
    for row in matrix.rows:
        assert {name for name, cell in row.cells.items() if cell.outcome == "left_out"} == declared(
            "vae"
        ).of_slow_plans()
        assert row.undecided == (row.name == "decoder_never_moves")


def test_a_quantity_is_measured_of_solutions_and_not_of_what_does_not_train() -> None:
    quality = quality_of(place("vae"))
    assert [quantity.name for quantity in quality.quantities] == ["bound"]
    with running(solution("vae", "reference")) as module:
        first, again, other = (quality.measure(module, seed) for seed in (1, 1, 2))
    assert first == again != other and first is not None and 5 < first["bound"] < 15
    with running(solution("vae", "training_not_written")) as module:
        assert quality.measure(module, 1) is None


def test_a_crossed_bound_is_near_or_far(tmp_path: Path) -> None:
    """Bounds stand beside the checks; a value that crosses one but not by far is decided by a second run."""
    from autograder.checks.bounds import Bound, Bounds
    from autograder.checks.outcome import CheckEnded

    bounds = Bounds((Bound("accuracy", "low", 0.8, 0.7),))
    bounds.hold(accuracy=0.9)
    for value, near in ((0.75, True), (0.6, False), (float("nan"), False)):
        with pytest.raises(CheckEnded, match=r"expected at least 0\.8") as ended:
            bounds.hold(accuracy=value)
        assert ended.value.near_threshold is near


def test_a_check_without_bounds_is_a_fault_that_says_what_to_run(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE, course, ignore=shutil.ignore_patterns("*.bounds.json"))
    path = course / "checks" / "vae.py"
    from autograder.checks import GraderFault, load_checks

    make_probes(load_checks(path), 1, tmp_path / "inbox")
    with pytest.raises(GraderFault, match="autograder calibrate vae --write"):
        judge_solution(path, solution("vae", "reference"), tmp_path / "inbox")
    assert checks("vae").quality is not None  # of the first course again
