"""The pytest plugin that turns checks into check results.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this connects pytest with the
verdict: it provides the `trace` fixture, reads `@pytest.mark.check(cell=..., points=..., needs=[...])`, skips a check
whose needs did not pass, and collects a `CheckResult` for each check. What a check raises other than through
`autograder.checks.outcome` is a fault of the grader, never a failure of the student.
"""

import inspect
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.checks.origin import require_origin
from autograder.checks.outcome import CheckEnded, not_checked
from autograder.checks.schema import require_form
from autograder.checks.sizes import require_sizes
from autograder.verdict import CheckResult
from course_utils.trace import Trace, TraceError, read_trace

results_key = pytest.StashKey[dict[str, CheckResult]]()
faults_key = pytest.StashKey[list[str]]()


@dataclass(frozen=True)
class TraceFolder:
    """The folder of one submission's traces: `inbox/` holds the probes, `outbox/` what was recorded."""

    folder: Path

    def probes(self, kind: str) -> dict[str, Trace]:
        """The probes of a kind by name, in the order of their names."""
        folders = sorted(path for path in (self.folder / "inbox").iterdir() if path.is_dir())
        probes = {path.name: read_trace(path) for path in folders}
        return {name: probe for name, probe in probes.items() if probe.data["kind"] == kind}

    def recorded(self, probe: str, part: str = "") -> Trace:
        """What the submission recorded for a probe; if there is nothing, the check ends as not checked.

        Raises:
            TraceError: what is there cannot be read.
        """
        folder = self.folder / "outbox" / probe / part
        if not folder.is_dir():
            not_checked("The test cell did not run, or stopped before it was done.")
        require_sizes(folder, probe)
        asked = read_trace(self.folder / "inbox" / probe)
        recorded = require_form(asked, read_trace(folder), probe)
        require_origin(asked, recorded, probe)
        return recorded


def pytest_addoption(parser: pytest.Parser) -> None:
    # The name --trace is taken: pytest's own option of that name starts the debugger.
    parser.addoption(
        "--trace-folder", type=Path, required=False, help="folder with inbox/ and outbox/ of one submission"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(cell, points, needs=()): the graded cell and points of a check")
    config.stash[results_key] = {}
    config.stash[faults_key] = []


@pytest.fixture(scope="session")
def trace(request: pytest.FixtureRequest) -> TraceFolder:
    folder = request.config.getoption("--trace-folder")
    if folder is None or not folder.is_dir():
        raise pytest.UsageError("Name the folder of a stored trace: --trace-folder FOLDER")
    return TraceFolder(folder)


def _check_name(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def _marker(item: pytest.Item) -> dict[str, Any]:
    marker = item.get_closest_marker("check")
    if marker is None:
        raise pytest.UsageError(f"{item.nodeid} has no @pytest.mark.check(cell=..., points=...)")
    return {"needs": (), **marker.kwargs}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A check runs after those that it needs; otherwise the order of the files stays."""
    by_name = {_check_name(item): item for item in items}
    ordered: list[pytest.Item] = []

    def place(item: pytest.Item) -> None:
        if item not in ordered:
            for need in _marker(item)["needs"]:
                place(by_name[need])
            ordered.append(item)

    for item in items:
        place(item)
    items[:] = ordered


def pytest_runtest_setup(item: pytest.Item) -> None:
    results = item.config.stash[results_key]
    missing = [need for need in _marker(item)["needs"] if results[need].outcome != "passed"]
    if missing:
        titles = ", ".join(f"“{results[need].title}”" for need in missing)
        not_checked(f"This can be looked at once another check passes: {titles}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
        return report
    error = call.excinfo.value if call.excinfo else None
    ended: dict[str, Any] = {"outcome": "passed"}
    if isinstance(error, CheckEnded):
        ended = {
            "outcome": error.outcome,
            "rationale": error.rationale,
            "help": error.help,
            "mistake": error.mistake,
            "near_threshold": error.near_threshold,
        }
        # By hand, the student's message is what one wants to see, not the way through the code to it.
        report.longrepr = "\n".join(text for text in (error.outcome, error.rationale, error.help) if text)
    elif isinstance(error, TraceError):
        ended = {
            "outcome": "failed",
            "rationale": str(error),
            "help": "Leave the files of the autograder alone: they are written by the test cells only.",
            "mistake": "trace-unreadable",
        }
    elif isinstance(error, MemoryError) or "can't allocate memory" in str(error):  # torch has no exception of its own
        ended = {
            "outcome": "cannot_judge",
            "rationale": "What was recorded is too large to be judged; a person will look.",
        }
    elif error is not None:
        item.config.stash[faults_key].append(f"{item.nodeid}: {report.longreprtext}")
        ended = {"outcome": "cannot_judge", "rationale": "The autograder itself failed here."}
    marker = _marker(item)
    function = item.function  # type: ignore[attr-defined]
    item.config.stash[results_key][_check_name(item)] = CheckResult(
        name=_check_name(item),
        cell=marker["cell"],
        title=" ".join((inspect.getdoc(function) or _check_name(item)).split()),
        max_points=float(marker["points"]),
        **ended,
    )
    return report
