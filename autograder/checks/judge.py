"""Making the probes of an assignment and judging a folder of traces with its checks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the way in for the
rest of the autograder. The checks run under pytest in this process, since importing torch costs more than judging.
"""

import contextlib
import importlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.checks.plugin import faults_key, results_key
from autograder.errors import GraderFault, UsageError
from autograder.verdict import CheckResult, Verdict

CHECKS = Path(__file__).parent


class _Collector:
    """Takes the results out of the pytest session."""

    results: dict[str, CheckResult]
    faults: list[str]

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        self.results = config.stash.get(results_key, {})
        self.faults = config.stash.get(faults_key, [])


def make_probes(assignment: str, seed: int, inbox: Path) -> None:
    """Write the probes of `assignment` into `inbox`, one folder each; equal seeds give equal probes.

    Raises:
        UsageError: the assignment has no checks.
    """
    if not (CHECKS / assignment / "probes.py").is_file():
        raise UsageError(f"There are no hidden checks for {assignment!r}: autograder/checks/{assignment}/ is missing.")
    probes = importlib.import_module(f"autograder.checks.{assignment}.probes")
    with _one_thread():
        for name, probe in probes.make_probes(seed):
            probe.write(inbox / name)


def judge(assignment: str, folder: Path) -> Verdict:
    """Run the checks of `assignment` over `folder/inbox` and `folder/outbox`.

    Raises:
        GraderFault: a check raised what it should not have.
    """
    collector = _Collector()
    arguments = [str(CHECKS / assignment), f"--trace-folder={folder}", f"--rootdir={CHECKS}", "--capture=no"]
    arguments += ["-c", os.devnull, "--import-mode=importlib", "-q"]
    for plugin in ("cacheprovider", "faulthandler", "warnings", "logging", "junitxml", "unraisableexception"):
        arguments += ["-p", f"no:{plugin}"]
    output = io.StringIO()
    with _no_other_plugins(), _one_thread(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main(arguments, plugins=[collector])
    results = getattr(collector, "results", {})
    if getattr(collector, "faults", []) or not results or status not in (0, 1):
        raise GraderFault("\n".join([*getattr(collector, "faults", []), output.getvalue()]))
    return Verdict(assignment, _name_causes(assignment, tuple(results.values())))


def _name_causes(assignment: str, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """The results; those that failed with what another one's mistake leads to, or with the same one, say so."""
    if not (CHECKS / assignment / "consequences.py").is_file():
        return results
    known = importlib.import_module(f"autograder.checks.{assignment}.consequences")
    mistakes = list(dict.fromkeys(result.mistake for result in results if result.outcome == "failed"))
    named: list[CheckResult] = []
    for result in results:
        causes = [m for m in mistakes if result.mistake in known.CONSEQUENCES.get(m, ())]
        if result.mistake in known.LAST:
            causes += [m for m in mistakes if m not in known.LAST]
        causes += [before.mistake for before in named if before.mistake == result.mistake]
        named.append(replace(result, consequence_of=causes[0]) if result.outcome == "failed" and causes else result)
    return tuple(named)


def draw_figures(assignment: str, folder: Path) -> dict[str, bytes]:
    """PNG figures for the feedback, by the grade id of their cell; none where nothing was recorded."""
    if not (CHECKS / assignment / "figures.py").is_file():
        return {}
    module = importlib.import_module(f"autograder.checks.{assignment}.figures")
    with _one_thread():
        figures: dict[str, bytes] = module.draw_figures(folder)
    return figures


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """The tensors of a trace are small: more threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def _no_other_plugins() -> Iterator[None]:
    """Plugins that happen to be installed have no say in a grade."""
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before
