"""Making the probes of an assignment and judging a folder of traces with its checks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the way in for the
rest of the autograder. The checks run under pytest in this process, since importing torch costs more than judging.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest import ExitCode

from autograder.checks.causes import name_causes
from autograder.checks.load import Checks
from autograder.checks.plugin import TraceFolder
from autograder.checks.session import Session, session_key
from autograder.errors import GraderFault
from autograder.verdict import Verdict
from coursekit.threads import one_thread

PLUGIN = "autograder.checks.plugin"


class _Give:
    """Gives the session to the plugin of the checks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[session_key] = self._session


def make_probes(checks: Checks, seed: int, inbox: Path) -> None:
    """Write the probes into `inbox`, one folder each; equal seeds give equal probes."""
    with one_thread():
        for name, probe in checks.make_probes(seed):
            probe.write(inbox / name)


def judge(checks: Checks, folder: Path) -> Verdict:
    """Run the checks over `folder/inbox` and `folder/outbox`.

    A check that breaks cannot judge, and its traceback is among the faults of the verdict.

    Raises:
        GraderFault: the checks cannot be run at all.
    """
    session = Session()
    verdict = run_checks(checks, folder, session)
    session.trace = None  # pytest keeps the session until the next collection of garbage, and traces are large
    return replace(verdict, checks=name_causes(checks.known, verdict.checks))


def collect(checks: Checks) -> None:
    """Import the checks and all that they import, so that a process that is forked has it.

    Raises:
        GraderFault: they cannot be imported.
    """
    status, said = _pytest(checks, ["--collect-only"], Session())
    if status != ExitCode.OK:
        raise GraderFault(said)


def run_checks(checks: Checks, folder: Path, session: Session) -> Verdict:
    """Run the checks that have no result in the session yet; what follows from what is not named.

    Raises:
        GraderFault: the checks cannot be run at all.
    """
    status, said = _pytest(checks, [f"--trace-folder={folder}"], session)
    if not session.results or status not in (ExitCode.OK, ExitCode.TESTS_FAILED, ExitCode.NO_TESTS_COLLECTED):
        raise GraderFault("\n".join([*session.faults, said]))
    return Verdict(checks.place.stem, tuple(session.results.values()), tuple(session.faults))


def _pytest(checks: Checks, options: list[str], session: Session) -> tuple[int, str]:
    """The exit status of pytest, and what it printed."""
    root = checks.place.parent
    arguments = [str(checks.place), *options, f"--rootdir={root}", "--capture=no"]
    arguments += ["-c", os.devnull, f"--confcutdir={root}", "--import-mode=importlib", "-q", "-p", PLUGIN]
    for plugin in ("cacheprovider", "faulthandler", "warnings", "logging", "junitxml", "unraisableexception"):
        arguments += ["-p", f"no:{plugin}"]
    output = io.StringIO()
    with _no_other_plugins(), one_thread(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main(arguments, plugins=[_Give(session)])
    return status, output.getvalue()


def draw_figures(checks: Checks, folder: Path, session: Session) -> dict[str, bytes]:
    """PNG figures for the feedback, by the grade id of their cell; none where nothing was recorded.

    What the checks of the session have read of the trace in `folder` is not read again.
    """
    if checks.draw_figures is None:
        return {}
    with one_thread():
        return checks.draw_figures(session.trace or TraceFolder(folder, checks.experiments))


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
