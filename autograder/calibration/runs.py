"""Runs of known solutions over many seeds, each measured like a submission and kept in a file, so that none is lost.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the observations
that bounds are derived from. The file has one JSON object a line and only grows; what is in it is not run again.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from autograder.checks.bounds import Quality
from autograder.checks.load import load_checks
from autograder.errors import UsageError
from autograder.selftest.pool import TimeIsUp, limited, map_in_processes
from autograder.selftest.recording import running
from autograder.selftest.solutions import Claim, find_solutions

SECONDS = 120  # for one run; the slowest right one takes about 10
FIRST_SEED = 10_000


@dataclass(frozen=True)
class Settings:
    """What to run.

    Attributes:
        checks: the place of the checks.
        solutions: the folder that holds right/ and wrong/.
        store: the file of finished runs.
        seeds: of each right design.
        wrong_seeds: of each wrong solution.
        processes: at once; None for as many as there are cores.
    """

    checks: Path
    solutions: Path
    store: Path
    seeds: int
    wrong_seeds: int
    processes: int | None = None


@dataclass(frozen=True)
class Run:
    """One solution, trained once.

    Attributes:
        key: hash of what decides the outcome: the solution's text, the settings of the run, and torch.
        kind: "right" or "wrong".
        solution: name of its file, without the ending.
        seed: of the probe.
        values: the measured quantities by name; None if training raised or left numbers that are not finite.
        seconds: to train.
    """

    key: str
    kind: str
    solution: str
    seed: int
    values: dict[str, float] | None
    seconds: float


@dataclass(frozen=True)
class _Task:
    checks: Path
    claim: Claim
    seed: int
    key: str


def quality_of(place: Path) -> Quality:
    """What the checks measure after training.

    Raises:
        UsageError: there are no checks, or they measure nothing.
    """
    quality = load_checks(place).quality
    if quality is None:
        raise UsageError(f"There are no bounds to derive for {place.stem!r}: {place} measures nothing after training.")
    return quality


def measure_all(settings: Settings, progress: Callable[[int, int], None] = lambda *_: None) -> list[Run]:
    """Run what is not in the store yet, and return all runs that were asked for.

    Args:
        settings: what to run.
        progress: called with how many are done and how many there are.

    Raises:
        UsageError: there are no right solutions, or the store cannot be read or written.
    """
    quality = quality_of(settings.checks)
    claims = [claim for claim in find_solutions(settings.solutions) if claim.kind in ("right", "wrong")]
    if not any(claim.kind == "right" for claim in claims):
        raise UsageError(f"There are no right solutions (*.py) in {settings.solutions / 'right'}.")
    seeds = {"right": settings.seeds, "wrong": settings.wrong_seeds}
    # Seed by seed, so that a part of the work is already a fair sample.
    tasks = [
        _Task(settings.checks, claim, FIRST_SEED + number, _key(claim, quality.settings))
        for number in range(max(seeds.values()))
        for claim in claims
        if number < seeds[claim.kind]
    ]
    known = {(run.key, run.seed): run for run in _read(settings.store)}
    waiting = [task for task in tasks if (task.key, task.seed) not in known]
    progress(len(tasks) - len(waiting), len(tasks))
    with _append_to(settings.store) as file:
        for number, run in enumerate(map_in_processes(_measure, waiting, settings.processes), start=1):
            file.write(json.dumps(asdict(run)) + "\n")
            file.flush()
            known[run.key, run.seed] = run
            progress(len(tasks) - len(waiting) + number, len(tasks))
    return [known[task.key, task.seed] for task in tasks]


def _key(claim: Claim, settings: Mapping[str, Any]) -> str:
    decisive = [claim.path.read_text(encoding="utf-8"), dict(settings), torch.__version__]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]


def _read(store: Path) -> list[Run]:
    """The finished runs; a last line that was cut off by an interruption counts as not run."""
    if not store.is_file():
        return []
    try:
        lines = store.read_text(encoding="utf-8").splitlines()
        runs = []
        for number, line in enumerate(lines, start=1):
            try:
                runs.append(Run(**json.loads(line)))
            except (ValueError, TypeError):
                if number < len(lines):
                    raise UsageError(f"{store}, line {number}: this is no finished run; remove the line.") from None
        return runs
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{store} cannot be read ({error}).") from None


def _append_to(store: Path) -> Any:
    """The store, open for writing, at the begin of a line."""
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        if store.is_file() and not (content := store.read_bytes()).endswith(b"\n"):
            store.write_bytes(content[: content.rfind(b"\n") + 1])  # a line that was cut off
        return store.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{store} cannot be written ({error}).") from None


def _measure(task: _Task) -> Run:
    quality = quality_of(task.checks)
    begin = time.perf_counter()
    values: dict[str, float] | None = None
    try:
        with limited(SECONDS), running(task.claim.path) as solution:
            values = quality.measure(solution, task.seed)
    except (UsageError, TimeIsUp, SystemExit, AttributeError):
        pass  # it does not train
    if values is not None and not all(math.isfinite(value) for value in values.values()):
        values = None
    claim = task.claim
    return Run(task.key, claim.kind, claim.path.stem, task.seed, values, round(time.perf_counter() - begin, 3))
