"""Writing plans: hidden ones into the inbox of a sandbox, public ones into a kit.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the declarations of
a checks file leave the trusted side. A hidden plan holds inputs and no expected value. What the checks expect of a
public plan goes with it, since it follows from that plan alone, with a seed that everybody may know.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from autograder.checks.outcome import CheckEnded
from autograder.errors import UsageError
from autograder.plans.checks_file import CheckRecord, Declared, read_declared
from autograder.plans.declare import PlanRecord, bind
from autograder.plans.handles import Handle
from autograder.plans.promise import Notes, NotKnownYet, Promise
from coursekit.plans.public import FOLDER, PublicPlan, write_public
from coursekit.plans.steps import write_plan
from coursekit.trace import Trace


def make_plans(declared: Declared, seed: int) -> Iterator[tuple[str, Trace]]:
    """The name and content of each plan; equal seeds give equal plans.

    Raises:
        UsageError: one of them cannot be built.
    """
    for name, record in declared.plans.items():
        ask, _ = record.ask(record.seed_of(seed))
        yield name, write_plan(ask.built, ask.tensors)


def make_public(declared: Declared, folder: Path) -> tuple[str, ...]:
    """Write the public plans into `folder`, a folder each, with what the checks expect; returns their names.

    The folder is made anew, and is not there if there is no public plan. Equal checks make equal files.

    Raises:
        UsageError: a plan cannot be built, or a check of a public plan does more than look at results.
    """
    shutil.rmtree(folder, ignore_errors=True)
    public = {name: record for name, record in declared.plans.items() if record.public}
    notes = [
        _notes_of(check, public)
        for check in declared.checks.values()
        if check.wants and set(check.wants) <= set(public)
    ]
    for name, record in public.items():
        ask, _ = record.ask(record.seed_of(None), public=True)
        claims = tuple(tuple(one.claims[name]) for one in notes if name in one.claims)
        write_public(PublicPlan(name, ask.built, ask.tensors, claims), folder / name)
    return tuple(public)


def public_files(place: Path) -> dict[str, bytes]:
    """The public plans of the checks in a folder or file, as a kit holds them: files by their path in it.

    Raises:
        UsageError: the checks cannot be read, or a plan cannot be built.
    """
    with tempfile.TemporaryDirectory() as folder:
        make_public(read_declared(place), Path(folder) / FOLDER)
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _notes_of(check: CheckRecord, public: Mapping[str, PlanRecord]) -> Notes:
    """Run a check over promises, and write down what it expects."""
    notes = Notes()
    results = {}
    for name in check.wants:
        record = public[name]
        _, returned = record.ask(record.seed_of(None), public=True)
        results[name] = bind(returned, _promises(name, notes))
    try:
        check.function(**results)
    except (NotKnownYet, CheckEnded):
        pass  # what it says from here on hangs on what a student's function gives
    except Exception as error:
        told = f"{type(error).__name__}: {error}".replace("\n", " ")
        raise UsageError(f"{check.place}: {check.name} breaks over a public plan ({told}).") from error
    return notes


def _promises(plan: str, notes: Notes) -> Callable[[Handle], Promise]:
    return lambda handle: Promise(plan, handle.step, notes, tuple(part[1] for part in handle.path))
