"""Runs a solution file as a notebook runs its cells, and records the probes as its test cells do.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the selftest's way
from a solution to a trace. It calls what a test cell calls when a submission is graded, in the order of the notebook,
so a design that keeps something from call to call is recorded alike on both ways.
"""

import contextlib
import random
import sys
import tempfile
import warnings
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import numpy
import torch

from autograder.errors import UsageError
from autograder.experiments import Experiment
from coursekit.threads import one_thread


def record_solution(
    path: Path, experiments: Iterable[Experiment], inbox: Path, outbox: Path, leave_out: Collection[str] = ()
) -> None:
    """Load a trusted solution file and record what lies in `inbox`, but for the kinds and names to leave out.

    Raises:
        UsageError: it cannot be loaded.
    """
    inbox, outbox = inbox.resolve(), outbox.resolve()
    with running(path) as solution:
        for experiment in experiments:
            experiment.record(solution, inbox, outbox, leave_out)


@contextlib.contextmanager
def running(path: Path) -> Iterator[ModuleType]:
    """A trusted solution file, loaded; it is `__main__`, and an empty folder is current, while the block runs.

    There is one thread, as in the sandbox, since sums come out a little different with more. Nothing is compiled, which
    would take longer than all the rest and changes nothing that is judged.

    Raises:
        UsageError: it cannot be loaded.
    """
    path = path.resolve()
    module = ModuleType("__main__")  # as a kernel's; it has no `__file__`
    with (
        tempfile.TemporaryDirectory(prefix="selftest-here-") as here,
        contextlib.chdir(here),
        _as_main(module),
        one_thread(),
        _same_default_type(),
        warnings.catch_warnings(),
        torch.compiler.set_stance("force_eager"),
    ):
        warnings.simplefilter("ignore")
        _execute(path, module)
        yield module


def load_solution(path: Path) -> ModuleType:
    """Execute a trusted solution file and return its module, for functions that are called one by one.

    Raises:
        UsageError: it cannot be loaded.
    """
    module = ModuleType("__main__")
    with _as_main(module):
        _execute(path, module)
    return module


def _execute(path: Path, module: ModuleType) -> None:
    random.seed(0)  # as a cell of the notebook does; torch is seeded by each probe
    numpy.random.seed(0)
    try:
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except Exception as error:
        raise UsageError(f"{path} cannot be imported: {error}") from error


@contextlib.contextmanager
def _as_main(module: ModuleType) -> Iterator[None]:
    """Classes look for the module that they are defined in: dataclasses do, if their annotations are strings."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextlib.contextmanager
def _same_default_type() -> Iterator[None]:
    """A solution may set torch's default type; the next one, and the judge, have their own."""
    before = torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_default_dtype(before)
