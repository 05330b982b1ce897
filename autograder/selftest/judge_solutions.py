"""Runs solutions and mutants against the hidden checks, many per process, on all cores.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this goes the way from
trace to verdict without the sandbox: the files are the instructor's own.
"""

import functools
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.checks import GraderFault, judge, load_checks, make_probes
from autograder.errors import UsageError
from autograder.plans.checks_file import read_declared
from autograder.plans.measure import require_bounds
from autograder.selftest.behavior import Behavior, alike, train_alike
from autograder.selftest.matrix import SAME_TRAINING, Cell, Matrix, MutantRow, Row
from autograder.selftest.mutants import Mutant, choose, make_mutants
from autograder.selftest.pool import TimeIsUp, limited, map_in_processes
from autograder.selftest.recording import record_solution
from autograder.selftest.solutions import Claim, Half, disagreement, find_solutions
from autograder.verdict import Verdict
from coursekit.plans.looks.seen import MISSING

SLOW = ("convergence",)  # the kinds that --quick leaves out; the graded cell of a kind is check_KIND
SECOND_SEED = 4048  # of the run that decides what is near a threshold
SECONDS = 120  # for one solution; the slowest right one takes about 10


@dataclass(frozen=True)
class Selftest:
    """What to run.

    Attributes:
        checks: the place of the checks.
        folder: holds right/, wrong/ and blind_spots/.
        mutants: of each right solution, at most.
        seed: of the probes and of the choice of mutants.
        quick: leave out the kinds of experiment in `SLOW`.
        processes: at once; None for as many as there are cores.
        half: of the solutions, or None for all.
    """

    checks: Path
    folder: Path
    mutants: int = 0
    seed: int = 2024
    quick: bool = False
    processes: int | None = None
    half: Half | None = None


@dataclass(frozen=True)
class _Task:
    """One solution or mutant, for a worker; `left_out` are the checks that have nothing to judge on purpose."""

    checks: Path
    inbox: Path
    leave_out: tuple[str, ...]
    left_out: frozenset[str]
    claim: Claim
    mutant: Mutant | None = None


def judge_solution(checks: Path, path: Path, inbox: Path, *, leave_out: tuple[str, ...] = ()) -> Verdict:
    """Run the probes in `inbox` on a solution file, but for the kinds to leave out, and judge what was recorded.

    As in grading, what is near a threshold is decided by a second run with another seed, which starts anew.

    Raises:
        UsageError: the file cannot be loaded.
        GraderFault: a check broke.
    """
    verdict = _judge_once(checks, path, inbox, leave_out)
    if not verdict.near_threshold:
        return verdict
    with tempfile.TemporaryDirectory(prefix="selftest-again-") as again:
        make_probes(load_checks(checks), SECOND_SEED, Path(again))
        return verdict.decided_by(_judge_once(checks, path, Path(again), leave_out))


def _judge_once(checks: Path, path: Path, inbox: Path, leave_out: tuple[str, ...]) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="selftest-") as folder:
        (Path(folder) / "inbox").symlink_to(inbox.resolve())
        (Path(folder) / "outbox").mkdir()
        loaded = load_checks(checks)
        record_solution(path, loaded.experiments, Path(folder) / "inbox", Path(folder) / "outbox", leave_out)
        verdict = judge(loaded, Path(folder))
        if verdict.faults:
            raise GraderFault("\n".join(verdict.faults))
        return verdict


def selftest(settings: Selftest, progress: Callable[[int, int, str], None] = lambda *_: None) -> Matrix:
    """Run all solutions, and mutants of the right ones, and sum up.

    Args:
        settings: what to run.
        progress: called with how many are done, how many there are, and the name of the last.

    Raises:
        UsageError: there are no solutions, no checks or no bounds, or a solution ended its process.
    """
    begin = time.perf_counter()
    claims = find_solutions(settings.folder, settings.half)
    require_bounds(read_declared(settings.checks))
    with tempfile.TemporaryDirectory(prefix="selftest-probes-") as folder:
        inbox = Path(folder)
        make_probes(load_checks(settings.checks), settings.seed, inbox)
        leave_out, left_out = _slow(settings.checks) if settings.quick else ((), frozenset())
        tasks = [_Task(settings.checks, inbox, leave_out, left_out, claim) for claim in claims]
        made = 0
        for claim in claims:
            if claim.kind == "right" and settings.mutants:
                mutants = make_mutants(claim.path.read_text(encoding="utf-8"))
                made += len(mutants)
                chosen = choose(mutants, settings.mutants, f"{settings.seed} {claim.path.stem}")
                tasks += [_Task(settings.checks, inbox, leave_out, left_out, claim, mutant) for mutant in chosen]
        progress(0, len(tasks), "")
        rows: list[Row | MutantRow] = []
        for row in map_in_processes(_examine, tasks, settings.processes):
            rows.append(row)
            progress(len(rows), len(tasks), row.name)
    return Matrix.of(
        settings.checks.stem,
        settings.seed,
        settings.quick,
        rows,
        possible_mutants=made,
        seconds=time.perf_counter() - begin,
    )


def _examine(task: _Task) -> Row | MutantRow:
    return _examine_solution(task) if task.mutant is None else _examine_mutant(task, task.mutant)


def _examine_solution(task: _Task) -> Row:
    begin = time.perf_counter()
    cells: dict[str, Cell] = {}
    fault = ""
    try:
        with limited(SECONDS):
            verdict = judge_solution(task.checks, task.claim.path, task.inbox, leave_out=task.leave_out)
    except (UsageError, GraderFault, TimeIsUp, SystemExit) as error:
        fault = f"{type(error).__name__}: {error}"
    else:
        cells = {name: _of_other_cells(cell, task.claim) for name, cell in _cells(verdict, task.left_out).items()}
        fault = disagreement(task.claim, verdict, [name for name, cell in cells.items() if cell.outcome == "left_out"])
    return Row(task.claim, cells, fault, time.perf_counter() - begin)


def _slow(checks: Path) -> tuple[tuple[str, ...], frozenset[str]]:
    """What a quick run leaves out: kinds and names of experiments, and the checks that look at them."""
    declared = read_declared(checks)
    cells = {f"check_{kind}" for kind in SLOW}
    of_kinds = {check.name for check in declared.checks.values() if check.cell in cells}
    plans = tuple(plan.name for plan in declared.plans.values() if plan.slow)
    return (*SLOW, *plans), declared.of_slow_plans() | of_kinds


def _cells(verdict: Verdict, left_out: frozenset[str]) -> dict[str, Cell]:
    return {
        result.name: Cell("left_out" if result.name in left_out else result.outcome, result.mistake)
        for result in verdict.checks
    }


def _of_other_cells(cell: Cell, claim: Claim) -> Cell:
    """A solution may define the functions of its own cell alone: that the others are missing, no check has caught."""
    is_missing = cell.mistake == MISSING and MISSING not in (claim.mistake, *claim.also)
    return Cell("not_checked") if is_missing and claim.kind != "right" else cell


def _examine_mutant(task: _Task, mutant: Mutant) -> MutantRow:
    """Equivalent, or else killed, undecided or survived; the slow checks run if the others let it pass."""
    begin = time.perf_counter()
    cells: dict[str, Cell] = {}
    reason = ""
    try:
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder, limited(SECONDS):
            path = Path(folder) / f"{task.claim.path.stem}.py"
            path.write_text(mutant.source, encoding="utf-8")
            original, behavior = _observe_original(task.claim.path, task.checks), _observe(path, task.checks)
            if original is not None and alike(original, behavior):
                return MutantRow(task.claim, mutant.edit, "equivalent", {}, time.perf_counter() - begin)
            reason = behavior.errors[0] if behavior.errors else ""
            if original is not None and train_alike(original, behavior):
                reason = SAME_TRAINING
            for leave_out, left_out in dict.fromkeys((_slow(task.checks), (task.leave_out, task.left_out))):
                cells = _cells(judge_solution(task.checks, path, task.inbox, leave_out=leave_out), left_out)
                if any(cell.outcome != "passed" for cell in cells.values() if cell.outcome != "left_out"):
                    break
    except (UsageError, TimeIsUp, SystemExit) as error:
        return MutantRow(task.claim, mutant.edit, "killed", {}, time.perf_counter() - begin, type(error).__name__)
    except GraderFault as error:
        return MutantRow(task.claim, mutant.edit, "fault", {}, time.perf_counter() - begin, str(error))
    return MutantRow(task.claim, mutant.edit, _fate(cells), cells, time.perf_counter() - begin, reason)


def _fate(cells: dict[str, Cell]) -> str:
    outcomes = {cell.outcome for cell in cells.values()}
    if "failed" in outcomes:
        return "killed"
    return "undecided" if outcomes & {"cannot_judge", "not_checked"} else "survived"


@functools.lru_cache(maxsize=4)
def _observe_original(path: Path, checks: Path) -> Behavior | None:
    """What a right solution does, or None if it does not do the same twice."""
    behavior = _observe(path, checks)
    return behavior if alike(behavior, _observe(path, checks)) else None


def _observe(path: Path, checks: Path) -> Behavior:
    """What a solution does in experiments of all kinds."""
    return sum((experiment.observe(path) for experiment in load_checks(checks).experiments), Behavior())
