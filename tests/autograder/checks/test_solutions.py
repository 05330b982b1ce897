"""The matrix of solutions: every right design passes whatever its style, every wrong one fails by its name.

A part of the right designs is trained in each run, and all of them if COURSE_ALL_SOLUTIONS is set; `calibrate` and
`selftest` train all of them too, on many seeds.
"""

import functools
import gc
import os
import re
import zlib
from collections import Counter
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
import torch
import torch.nn.functional as F

from autograder.checks import load_checks, make_probes
from autograder.checks.plugin import TraceFolder
from autograder.plans.checks_file import read_declared
from autograder.selftest import Claim, disagreement, find_solutions, judge_solution
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun, StepRun
from checks.gan.probes import losses_probe
from checks.hw2 import probes as of_hw2_probes
from checks.hw2_conditional import probes as of_conditional_probes
from course_utils.gan.probe_model import build_model
from coursekit.trace import named_tensor

ROOT = Path(__file__).parents[3]
CHECKS = ROOT / "checks"
SOLUTIONS = ROOT / "solutions"
ASSIGNMENTS = ("hw2", "hw2_conditional")  # those of plans are in test_planned_solutions
SEEDS = tuple(range(2024, 2030))
TRAINING_CHECKS = ("training_converges", "digits_come_as_asked")
ALL = bool(os.environ.get("COURSE_ALL_SOLUTIONS"))
TRAINED = {"hw2": 8, "hw2_conditional": 12}  # one of so many right designs is trained, for 10 s and more
PROBES = {  # of a test cell, by which its checks judge
    "check_optimizers": "optimizers",
    "check_wrong_labels": "wrong_labels",
    "check_losses": "losses",
    "check_train_step": "train_step",
    "check_convergence": "convergence",
}
ERRORS = ("function-raises", "function-missing", "sizes-hard-coded", "device-hard-coded")
CLAIMS = [(assignment, claim) for assignment in ASSIGNMENTS for claim in find_solutions(SOLUTIONS / assignment)]


def of_kind(kind: str) -> list[object]:
    return [
        pytest.param(assignment, claim, id=f"{assignment}-{claim.path.stem}")
        for assignment, claim in CLAIMS
        if claim.kind == kind
    ]


class Inboxes:
    """The probes that a solution is judged on; not all are judged on the same, since no grade may hang on the seed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, assignment: str, name: str) -> Path:
        """Those of an assignment whose seed goes with the name."""
        seed = SEEDS[zlib.crc32(name.encode()) % len(SEEDS)]
        folder = self._root / f"{assignment}-{seed}"
        if not folder.exists():
            make_probes(load_checks(CHECKS / assignment), seed, folder)
        return folder


@pytest.fixture(scope="session")
def inboxes(tmp_path_factory: pytest.TempPathFactory) -> Inboxes:
    return Inboxes(tmp_path_factory.mktemp("probes"))


@functools.cache
def cells_of(assignment: str) -> dict[str, str]:
    """The test cell of each check."""
    return {name: check.cell for name, check in read_declared(CHECKS / assignment).checks.items()}


@functools.cache
def points_of(assignment: str) -> float:
    """By checks, as the notebook says."""
    cells = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if cell.cell_type == "code" and cell.metadata.nbgrader.grade]
    return float(sum(cell.points for cell in graded))


@functools.cache
def solution_lines(assignment: str) -> frozenset[str]:
    """The lines of the reference solution that are long enough to be nobody else's."""
    lines = set()
    for cell in nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4).cells:
        for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL):
            lines |= {line.partition("#")[0].strip() for line in region.splitlines()}
    return frozenset(line for line in lines if len(line) > 20)


def assert_gives_nothing_away(assignment: str, message: str) -> None:
    """No line of the solution, and no code of a hidden check, is in a message."""
    assert [line for line in solution_lines(assignment) if line in message] == []
    assert not re.search(r"assert |def |import |test_|autograder|Traceback|tensor\(\[", message)


def test_the_matrices_are_large() -> None:
    counts = Counter((assignment, claim.kind) for assignment, claim in CLAIMS)
    assert counts["hw2", "right"] >= 40
    assert counts["hw2", "wrong"] >= 80
    assert counts["hw2_conditional", "right"] >= 8
    assert counts["hw2_conditional", "wrong"] >= 20


def test_every_mistake_has_a_name_that_the_checks_know() -> None:
    claimed = {name for _, claim in CLAIMS if claim.kind == "wrong" for name in (claim.mistake, *claim.also)}
    assert claimed <= set(Mistake)


@pytest.mark.parametrize(("assignment", "claim"), of_kind("right"))
def test_right_solution_gets_full_points(assignment: str, claim: Claim, inboxes: Inboxes) -> None:
    right = [other.path for of, other in CLAIMS if of == assignment and other.kind == "right"]
    trained = ALL or right.index(claim.path) % TRAINED[assignment] == 0
    verdict = judge_solution(
        CHECKS / assignment,
        claim.path,
        inboxes.of(assignment, claim.path.stem),
        leave_out=() if trained else ("convergence",),
    )
    left_out = () if trained else TRAINING_CHECKS
    assert disagreement(claim, verdict, left_out) == ""
    assert verdict.max_points == points_of(assignment)
    assert verdict.points == sum(check.max_points for check in verdict.checks if check.name not in left_out)


@pytest.mark.parametrize(("assignment", "claim"), of_kind("wrong"))
def test_wrong_solution_fails_with_the_name_of_its_mistake(assignment: str, claim: Claim, inboxes: Inboxes) -> None:
    needed = PROBES[cells_of(assignment)[claim.check]]  # what its check looks at, and that alone is asked
    leave_out = tuple(kind for kind in ("train_step", "losses", "convergence") if kind != needed)
    verdict = judge_solution(
        CHECKS / assignment, claim.path, inboxes.of(assignment, claim.path.stem), leave_out=leave_out
    )
    assert disagreement(claim, verdict) == ""
    named = next(result for result in verdict.checks if result.name == claim.check)
    assert named.rationale
    assert named.help
    for result in verdict.checks:
        if result.mistake not in ERRORS:  # those quote the student's own line
            assert_gives_nothing_away(assignment, f"{result.title} {result.rationale} {result.help}")


@pytest.mark.parametrize(("assignment", "claim"), of_kind("blind_spots"))
def test_blind_spot_has_its_defined_outcome(assignment: str, claim: Claim, inboxes: Inboxes) -> None:
    verdict = judge_solution(
        CHECKS / assignment, claim.path, inboxes.of(assignment, claim.path.stem), leave_out=("convergence",)
    )
    assert disagreement(claim, verdict, left_out=TRAINING_CHECKS) == ""


@pytest.mark.parametrize(
    ("solution", "causes"),
    [
        ("encoder_has_no_optimizer", {"encoder_learns_only_from_the_reconstruction": "module-without-optimizer"}),
        ("labels_swapped", {"discriminator_learns_only_from_its_loss": "discriminator_loss_is_right"}),
        (
            "flipped_everywhere",
            {
                "generator_loss_is_right": "labels-swapped",
                "discriminator_learns_only_from_its_loss": "discriminator_loss_is_right",
            },
        ),
    ],
)
def test_what_follows_from_a_mistake_names_it_and_the_mistake_itself_stands_alone(
    solution: str, causes: dict[str, str], inboxes: Inboxes
) -> None:
    path = SOLUTIONS / "hw2" / "wrong" / f"{solution}.py"
    claim = next(claim for _, claim in CLAIMS if claim.path == path)
    verdict = judge_solution(CHECKS / "hw2", path, inboxes.of("hw2", solution), leave_out=("convergence",))
    names = {result.title: result.name for result in verdict.checks}
    failed = {
        result.name: result.consequence_of or names.get(result.same_as, "")
        for result in verdict.checks
        if result.outcome == "failed"
    }
    assert failed[claim.check] == ""
    assert causes.items() <= failed.items()


@pytest.mark.parametrize("solution", ["right/three_adams", "wrong/labels_swapped"])
def test_nothing_that_was_judged_stays_in_memory(solution: str, inboxes: Inboxes) -> None:
    path = SOLUTIONS / "hw2" / f"{solution}.py"
    judge_solution(CHECKS / "hw2", path, inboxes.of("hw2", solution), leave_out=("convergence",))
    gc.collect()
    assert [thing for thing in gc.get_objects() if type(thing) in (TraceFolder, StepRun, LossRun)] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_mistake_follows_from_itself_by_way_of_others(assignment: str) -> None:
    known = load_checks(CHECKS / assignment).known
    assert known is not None

    def reached(mistake: str) -> set[str]:
        found: set[str] = set()
        waiting = [*known.consequences.get(mistake, ())]
        while waiting:
            if (after := waiting.pop()) not in found:
                found.add(after)
                waiting += known.consequences.get(after, ())
        return found

    assert [mistake for mistake in known.consequences if mistake in reached(mistake)] == []
    assert not set(known.consequences) & set(known.last)


def test_a_mean_over_micro_batches_is_no_sum_of_all_losses(tmp_path: Path) -> None:
    conditional = CHECKS / "hw2_conditional"
    make_probes(load_checks(conditional), 31, tmp_path)  # on which rounding made it look like one
    path = SOLUTIONS / "hw2_conditional" / "right" / "micro_batches_of_four.py"
    verdict = judge_solution(conditional, path, tmp_path, leave_out=("convergence",))
    told = {check.name: check.rationale for check in verdict.checks if check.outcome not in ("passed", "not_checked")}
    assert told == {}


@pytest.mark.parametrize("probes", [of_hw2_probes, of_conditional_probes], ids=["hw2", "hw2_conditional"])
def test_a_gradient_passes_through_the_models_of_one_image(probes: ModuleType) -> None:
    sizes = probes.LOSS_SIZES["losses-1"][-1]
    for seed in range(100):
        probe = losses_probe(sizes, 1, torch.Generator().manual_seed(seed))
        model = build_model(probe)
        labels = [named_tensor(probe, probe.data["h"])] if "h" in probe.data else []
        x_real, z = (named_tensor(probe, probe.data[name]) for name in ("x_real", "z"))
        error = F.mse_loss(model.generator(model.encoder(x_real, *labels), *labels), x_real)
        score = model.discriminator(model.generator(z, *labels), *labels)
        for loss, module in ((error, model.encoder), (error, model.generator), (score, model.discriminator)):
            first = next(module.parameters())
            assert torch.autograd.grad(loss.sum(), first, retain_graph=True)[0].any(), seed
