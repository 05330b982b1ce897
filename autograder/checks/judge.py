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
from pytest import ExitCode

from autograder.checks.causes import name_causes
from autograder.checks.session import Session, session_key
from autograder.errors import GraderFault, UsageError
from autograder.verdict import Verdict

CHECKS = Path(__file__).parent


class _Give:
    """Gives the session to the plugin of the checks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[session_key] = self._session


def make_probes(assignment: str, seed: int, inbox: Path) -> None:
    """Write the probes of `assignment` into `inbox`, one folder each; equal seeds give equal probes.

    Raises:
        UsageError: the assignment has no checks.
    """
    if not (CHECKS / assignment / "probes.py").is_file():
        raise UsageError(f"There are no hidden checks for {assignment!r}: autograder/checks/{assignment}/ is missing.")
    probes = importlib.import_module(f"autograder.checks.{assignment}.probes")
    with one_thread():
        for name, probe in probes.make_probes(seed):
            probe.write(inbox / name)


def judge(assignment: str, folder: Path) -> Verdict:
    """Run the checks of `assignment` over `folder/inbox` and `folder/outbox`.

    A check that breaks cannot judge, and its traceback is among the faults of the verdict.

    Raises:
        GraderFault: the checks cannot be run at all.
    """
    verdict = run_checks(assignment, folder, Session())
    return replace(verdict, checks=name_causes(assignment, verdict.checks))


def run_checks(assignment: str, folder: Path, session: Session) -> Verdict:
    """Run the checks that have no result in the session yet; what follows from what is not named.

    Raises:
        GraderFault: the checks cannot be run at all.
    """
    arguments = [str(CHECKS / assignment), f"--trace-folder={folder}", f"--rootdir={CHECKS}", "--capture=no"]
    arguments += ["-c", os.devnull, "--import-mode=importlib", "-q"]
    for plugin in ("cacheprovider", "faulthandler", "warnings", "logging", "junitxml", "unraisableexception"):
        arguments += ["-p", f"no:{plugin}"]
    output = io.StringIO()
    with _no_other_plugins(), one_thread(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main(arguments, plugins=[_Give(session)])
    if not session.results or status not in (ExitCode.OK, ExitCode.TESTS_FAILED, ExitCode.NO_TESTS_COLLECTED):
        raise GraderFault("\n".join([*session.faults, output.getvalue()]))
    return Verdict(assignment, tuple(session.results.values()), tuple(session.faults))


def draw_figures(assignment: str, folder: Path) -> dict[str, bytes]:
    """PNG figures for the feedback, by the grade id of their cell; none where nothing was recorded."""
    if not (CHECKS / assignment / "figures.py").is_file():
        return {}
    module = importlib.import_module(f"autograder.checks.{assignment}.figures")
    with one_thread():
        figures: dict[str, bytes] = module.draw_figures(folder)
    return figures


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
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
