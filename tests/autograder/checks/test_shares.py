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


@pytest.mark.parametrize("name", ["fakes_not_detached", "joint_backward_trains_discriminator", "forgot_zero_grad"])
def test_the_share_in_a_reason_is_one_that_the_gradient_map_shows(name: str, tmp_path: Path) -> None:
    checks = load_checks(ROOT / "checks" / "hw2")
    make_probes(checks, 7, tmp_path / "inbox")
    solution = ROOT / "solutions" / "hw2" / "wrong" / f"{name}.py"
    verdict = judge_solution(checks.place, solution, tmp_path / "inbox", leave_out=("convergence", "losses"))
    told = [float(share) for check in verdict.checks for share in re.findall(r"(\d+)% of an update", check.rationale)]
    record_solution(solution, checks.experiments, tmp_path / "inbox", tmp_path / "outbox", {"convergence", "losses"})
    run = read_step_run(TraceFolder(tmp_path, checks.experiments), MAPPED)
    movements = [moved for moved in run.movements if moved.update.step == len(run.batches) - 1]
    labels, shares, forbidden = gradient_rows(movements)
    shown = np.round(100 * np.abs(shares[np.array(forbidden)]))
    assert told and set(told) <= set(shown)
    if name == "forgot_zero_grad":
        left_over = [label[0] for label in labels if "left over" in label]
        assert left_over and sorted(left_over) == sorted(set(left_over)), "one row for each network"
