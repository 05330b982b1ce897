"""Judges composed designs on several seeds each, and says how often a right design is failed or not decided.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the estimate that
the grade of an unknown right design rests on. Training is left out: a composed design is right, but need not learn
fast; the bounds of that check have an estimate of their own (`autograder calibrate`).
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checks import GraderFault, load_checks, make_probes
from autograder.errors import UsageError
from autograder.selftest.designs.compose import compose
from autograder.selftest.judge_solutions import SECONDS, SLOW, judge_solution
from autograder.selftest.pool import TimeIsUp, limited, map_in_processes
from autograder.selftest.share import Share


@dataclass(frozen=True)
class Judged:
    """One design on one seed.

    Attributes:
        number: of the design.
        seed: of the probes.
        told: of each check that it did not pass, its outcome and mistake; empty for a design that passes.
        fault: what went wrong in the design or the grader itself.
        seconds: to run and judge it.
    """

    number: int
    seed: int
    told: dict[str, tuple[str, str]]
    fault: str
    seconds: float

    @property
    def failed(self) -> bool:
        return bool(self.fault) or any(outcome == "failed" for outcome, _ in self.told.values())

    @property
    def undecided(self) -> bool:
        return not self.failed and bool(self.told)


@dataclass(frozen=True)
class Rates:
    """What became of all designs on all seeds."""

    judged: tuple[Judged, ...]
    seconds: float
    assignment: str = "hw2"

    def runs(self, which: Callable[[Judged], bool]) -> Share:
        return Share(sum(map(which, self.judged)), len(self.judged))

    def designs(self, which: Callable[[Judged], bool]) -> Share:
        """Designs of which at least one seed is so; these are independent of each other, runs of a design are not."""
        return Share(len({j.number for j in self.judged if which(j)}), len({j.number for j in self.judged}))

    @property
    def passed(self) -> bool:
        return not any(judged.failed for judged in self.judged)

    def reasons(self) -> Counter[str]:
        """How many runs a check, outcome and mistake kept from passing."""
        counted: Counter[str] = Counter()
        for judged in self.judged:
            counted.update(f"{check} {outcome} {mistake}".strip() for check, (outcome, mistake) in judged.told.items())
            counted.update([judged.fault.splitlines()[-1]] if judged.fault else [])
        return counted

    def suspects(self, which: Callable[[Judged], bool], least: int = 3) -> list[tuple[str, Share]]:
        """Parts whose designs are so most often, surest first; those of at least `least` such runs."""
        so: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for judged in self.judged:
            parts = [f"{axis}: {name}" for axis, name in compose(judged.number, self.assignment).parts.items()]
            total.update(parts)
            so.update(parts if which(judged) else ())
        shares = [(part, Share(count, total[part])) for part, count in so.items() if count >= least]
        usual = self.runs(which).count / max(1, len(self.judged))
        unusual = [(part, share) for part, share in shares if share.bounds[0] > usual]
        return sorted(unusual, key=lambda entry: -entry[1].bounds[0])

    def to_json(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 1),
            "misjudged": [
                {
                    "design": judged.number,
                    "seed": judged.seed,
                    "checks": judged.told,
                    "fault": judged.fault,
                    "parts": compose(judged.number, self.assignment).parts,
                }
                for judged in self.judged
                if judged.failed or judged.undecided
            ],
            "judged": [[judged.number, judged.seed, round(judged.seconds, 2)] for judged in self.judged],
        }


@dataclass(frozen=True)
class _Task:
    checks: Path
    number: int
    seed: int


def judge_designs(
    checks: Path,
    designs: Sequence[tuple[int, int]],
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Rates:
    """Judge designs, each by its number and the seed of its probes, in their order.

    Raises:
        UsageError: nothing is composed for the assignment, or a process ended.
    """
    assignment = checks.stem
    compose(0, assignment)  # tells at once if there are none
    begin = time.perf_counter()
    judged: list[Judged] = []
    progress(0, len(designs))
    for result in map_in_processes(_judge, [_Task(checks, *design) for design in designs], processes):
        judged.append(result)
        progress(len(judged), len(designs))
    judged.sort(key=lambda one: (one.number, one.seed))
    return Rates(tuple(judged), time.perf_counter() - begin, assignment)


def _judge(task: _Task) -> Judged:
    begin = time.perf_counter()
    design = compose(task.number, task.checks.stem)
    told: dict[str, tuple[str, str]] = {}
    fault = ""
    with tempfile.TemporaryDirectory(prefix="design-") as folder:
        path, inbox = Path(folder) / f"{design.name}.py", Path(folder) / "inbox"
        path.write_text(design.source, encoding="utf-8")
        try:
            with limited(SECONDS):
                make_probes(load_checks(task.checks), task.seed, inbox)
                verdict = judge_solution(task.checks, path, inbox, leave_out=SLOW)
        except (UsageError, GraderFault, TimeIsUp) as error:
            fault = f"{type(error).__name__}: {error}"
        else:
            left_out = {f"check_{kind}" for kind in SLOW}
            told = {
                check.name: (check.outcome, check.mistake)
                for check in verdict.checks
                if check.outcome != "passed" and check.cell not in left_out
            }
    return Judged(task.number, task.seed, told, fault, time.perf_counter() - begin)
