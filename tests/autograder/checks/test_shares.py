"""What is told of an update is what the gradient map shows of it."""

import re
from pathlib import Path

import numpy as np
import pytest

from autograder.checks import load_checks, make_probes
from autograder.checks.plugin import TraceFolder
from autograder.selftest import judge_solution
from autograder.selftest.recording import record_solution
from checks.gan.observed import MAPPED, read_step_run
from course_utils.gan.gradient_map import gradient_rows

ROOT = Path(__file__).parents[3]


Map = tuple[list[str], np.ndarray, np.ndarray]


def map_of(solution: Path, folder: Path) -> Map:
    """The rows of the gradient map of the last step: labels, shares, and which of them must not be."""
    checks = load_checks(ROOT / "checks" / "hw2")
    record_solution(solution, checks.experiments, folder / "inbox", folder / "outbox", {"convergence", "losses"})
    run = read_step_run(TraceFolder(folder, checks.experiments), MAPPED)
    return gradient_rows([moved for moved in run.movements if moved.update.step == len(run.batches) - 1])


@pytest.mark.parametrize("name", ["fakes_not_detached", "joint_backward_trains_discriminator", "forgot_zero_grad"])
def test_the_share_in_a_reason_is_one_that_the_gradient_map_shows(name: str, tmp_path: Path) -> None:
    checks = load_checks(ROOT / "checks" / "hw2")
    make_probes(checks, 7, tmp_path / "inbox")
    solution = ROOT / "solutions" / "hw2" / "wrong" / f"{name}.py"
    verdict = judge_solution(checks.place, solution, tmp_path / "inbox", leave_out=("convergence", "losses"))
    told = [float(share) for check in verdict.checks for share in re.findall(r"(\d+)% of an update", check.rationale)]
    labels, shares, forbidden = map_of(solution, tmp_path)
    shown = np.round(100 * np.abs(shares[forbidden]))
    assert told and set(told) <= set(shown)
    if name == "forgot_zero_grad":
        left_over = [label[0] for label in labels if "left over" in label]
        assert left_over and sorted(left_over) == sorted(set(left_over)), "one row for each network"


@pytest.mark.parametrize("name", ["maximizing_discriminator", "all_optimizers_maximize"])
def test_the_map_of_a_right_step_whose_optimizers_maximize_has_nothing_forbidden(name: str, tmp_path: Path) -> None:
    make_probes(load_checks(ROOT / "checks" / "hw2"), 7, tmp_path / "inbox")
    _, shares, forbidden = map_of(ROOT / "solutions" / "hw2" / "right" / f"{name}.py", tmp_path)
    assert not shares[forbidden].any() and bool((shares > 0).any())


def test_the_map_of_an_optimizer_that_raises_the_error_says_so(tmp_path: Path) -> None:
    make_probes(load_checks(ROOT / "checks" / "hw2"), 7, tmp_path / "inbox")
    right = (ROOT / "solutions" / "hw2" / "right" / "all_optimizers_maximize.py").read_text()
    assert right.count("loss_g + 10 * loss_ae") == 1
    (tmp_path / "solution.py").write_text(right.replace("loss_g + 10 * loss_ae", "loss_g - 10 * loss_ae"))
    labels, shares, forbidden = map_of(tmp_path / "solution.py", tmp_path)
    of_error = [row for row, label in enumerate(labels) if label.endswith("reconstruction error")]
    assert of_error and forbidden[of_error].all()
    of_e, of_g, of_d = shares[of_error].sum(axis=0)
    assert of_e < 0 and of_g < 0 and of_d == 0
