"""The pytest plugin that turns checks into check results.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this connects pytest with the
verdict: it provides the `trace` fixture, reads `@pytest.mark.check(cell=..., points=..., needs=[...])`, skips a check
whose needs did not pass, and collects a `CheckResult` for each check. What a check raises other than through
`autograder.checks.outcome` is a fault of the grader, never a failure of the student: it costs that check only, which
then waits for a person.
"""

import difflib
import graphlib
import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from autograder.checks.bounds import Bounds, read_bounds
from autograder.checks.load import PACKAGE, enter_course, load_checks
from autograder.checks.order import sort_by_needs
from autograder.checks.outcome import CheckEnded, cannot_judge, not_checked
from autograder.checks.session import Session, session_key
from autograder.checks.sizes import TraceTooLargeError, require_sizes
from autograder.experiments import Experiment, reader_of
from autograder.verdict import NOT_RECORDED, CheckResult
from coursekit.trace import Trace, TraceError, read_trace

TOO_LARGE = "What was recorded is too large to be judged; a person will look at it."
HELP_TOO_LARGE = "Return less from the functions of this cell: what is asked for needs a small part of that."
HELP_UNREADABLE = "Leave the files of the autograder alone: they are written by the test cells only."
BROKEN = "The autograder itself failed here, which says nothing about this code; a person will look at it."
MAX_FAULT = 20_000  # characters of a traceback that are kept, from its end


@dataclass(frozen=True, eq=False)
class TraceFolder:
    """The folder of one submission's traces: `inbox/` holds the probes, `outbox/` what was recorded.

    `experiments` are the kinds of probes that can be read. One object stands for one run of the checks.
    """

    folder: Path
    experiments: tuple[Experiment, ...]

    @cached_property
    def asked(self) -> Callable[[str], Trace]:
        """Gives the probe of a name; each is read once."""
        inbox = self.folder / "inbox"  # without this object, which could not be freed at once if it held itself
        return cache(lambda probe: read_trace(inbox / probe))

    def probes(self, kind: str) -> dict[str, Trace]:
        """The probes of a kind by name, in the order of their names."""
        names = sorted(path.name for path in (self.folder / "inbox").iterdir() if path.is_dir())
        return {name: self.asked(name) for name in names if self.asked(name).data["kind"] == kind}

    def recorded(self, probe: str, part: str = "") -> Any:
        """What the submission recorded for a probe, as its kind reads it; if there is nothing, the check ends.

        Raises:
            TraceError: what is there cannot be read.
        """
        folder = self.folder / "outbox" / probe / part
        if not folder.is_dir():
            not_checked(NOT_RECORDED)
        require_sizes(folder, probe)
        asked = self.asked(probe)
        return reader_of(self.experiments, asked)(asked, read_trace(folder), probe)


def pytest_addoption(parser: pytest.Parser) -> None:
    # The name --trace is taken: pytest's own option of that name starts the debugger.
    parser.addoption(
        "--trace-folder", type=Path, required=False, help="folder with inbox/ and outbox/ of one submission"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(cell, points, needs=()): the graded cell and points of a check")
    config.stash.setdefault(session_key, Session())
    for place in (Path(argument.partition("::")[0]).resolve() for argument in config.args):  # where run by hand
        course = next((folder for folder in place.parents if (folder / PACKAGE).is_dir()), None)
        if course is not None:
            enter_course(course)


@pytest.fixture(scope="session")
def trace(request: pytest.FixtureRequest) -> TraceFolder:
    folder = request.config.getoption("--trace-folder")
    if folder is None or not folder.is_dir():
        raise pytest.UsageError("Name the folder of a stored trace: --trace-folder FOLDER")
    session = request.config.stash[session_key]
    session.trace = TraceFolder(folder, load_checks(_place(request.config)).experiments)
    return session.trace


@pytest.fixture
def bounds(request: pytest.FixtureRequest) -> Bounds:
    """The bounds beside the checks."""
    return Bounds(read_bounds(_place(request.config)))


def _place(config: pytest.Config) -> Path:
    """The file or folder of the checks, also where pytest was called with one check of it."""
    place = Path(config.args[0].partition("::")[0]).resolve()
    while place.parent.name != PACKAGE and place.parent != place:
        place = place.parent
    return place


def _check_name(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def _marker(item: pytest.Item) -> dict[str, Any]:
    marker = item.get_closest_marker("check")
    if marker is None:
        raise pytest.UsageError(f"{item.nodeid} has no @pytest.mark.check(cell=..., points=...)")
    return {"needs": (), **marker.kwargs}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A check runs after those that it needs; otherwise the order of the files stays. Known results stay, too."""
    session = config.stash[session_key]
    by_name = {_check_name(item): item for item in items}
    needs = {name: list(_marker(item)["needs"]) for name, item in by_name.items()}
    for name, needed in needs.items():
        if unknown := set(needed) - set(by_name):
            raise pytest.UsageError(f"{name} needs {unknown.pop()}, and there is no such check.")
    try:
        ordered = [by_name[name] for name in sort_by_needs(needs)]
    except graphlib.CycleError as error:
        raise pytest.UsageError(f"These checks need each other: {', '.join(error.args[1])}.") from None
    session.watcher.collected([_result(item, outcome="not_checked") for item in ordered])
    items[:] = [item for item in ordered if _check_name(item) not in session.results]


def pytest_runtest_setup(item: pytest.Item) -> None:
    session = item.config.stash[session_key]
    session.watcher.begins(_check_name(item))
    needs = [session.results[need] for need in _marker(item)["needs"]]
    unclear = [need for need in needs if need.outcome == "cannot_judge"]
    if unclear:
        cannot_judge(f"This depends on another check, which a person will look at: {_titles(unclear)}")
    missing = [need for need in needs if need.outcome != "passed"]
    if missing:
        not_checked(f"This can be looked at once another check passes: {_titles(missing)}")


def _titles(results: list[CheckResult]) -> str:
    return ", ".join(f"“{result.title}”" for result in results)


def _result(item: pytest.Item, **ended: Any) -> CheckResult:
    marker, function = _marker(item), item.function  # type: ignore[attr-defined]
    return CheckResult(
        name=_check_name(item),
        cell=marker["cell"],
        title=" ".join((inspect.getdoc(function) or _check_name(item)).split()),
        max_points=float(marker["points"]),
        **ended,
    )


def _nobody_gives(argument: str | None, item: pytest.Item) -> str:
    """A sentence for the author of a check that asks for what is neither a plan nor a fixture."""
    path, line, _ = item.location
    near = difflib.get_close_matches(argument or "", vars(item.module), n=1)  # type: ignore[attr-defined]
    meant = f"; did you mean {near[0]}?" if near else "."
    return f"{path}, line {(line or 0) + 1}: {item.name} asks for {argument}, which is no plan and no fixture{meant}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
        return report
    session = item.config.stash[session_key]
    error = call.excinfo.value if call.excinfo else None
    ended: dict[str, Any] = {"outcome": "passed"}
    fault = ""
    if isinstance(error, CheckEnded):
        ended = {
            "outcome": error.outcome,
            "rationale": error.rationale,
            "help": error.help,
            "mistake": error.mistake,
            "near_threshold": error.near_threshold,
            "earned": error.earned,
        }
        # By hand, the student's message is what one wants to see, not the way through the code to it.
        report.longrepr = "\n".join(text for text in (error.outcome, error.rationale, error.help) if text)
    elif isinstance(error, TraceError):
        ended = {
            "outcome": "failed",
            "rationale": str(error),
            "help": HELP_TOO_LARGE if isinstance(error, TraceTooLargeError) else HELP_UNREADABLE,
            "mistake": "trace-unreadable",
        }
    elif isinstance(error, MemoryError) or "can't allocate memory" in str(error):  # torch has no exception of its own
        ended = {"outcome": "cannot_judge", "rationale": TOO_LARGE}
    elif error is not None:
        told = _nobody_gives(error.argname, item) if isinstance(error, pytest.FixtureLookupError) else ""
        fault = told or f"{item.nodeid}\n{report.longreprtext[-MAX_FAULT:]}"
        session.faults.append(fault)
        ended = {"outcome": "cannot_judge", "rationale": BROKEN}
    result = _result(item, **ended)
    session.results[result.name] = result
    session.watcher.ended(result, fault)
    return report
