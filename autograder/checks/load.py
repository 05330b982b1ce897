"""Loads the checks of an assignment, a folder or one file of its course, into one record.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the trusted half
of the course material comes in. The folder of the course is put where Python looks for modules, so that the checks
may import from `checks` and from the course's helpers; a process that goes over to another course forgets the first.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from autograder.checks.bounds import Quality
from autograder.checks.causes import Known
from autograder.errors import UsageError
from autograder.experiments import Experiment
from coursekit.trace import Trace

if TYPE_CHECKING:
    from autograder.checks.plugin import TraceFolder

PACKAGE = "checks"
ENGINE = ("autograder", "coursekit")  # which stay, also where a course is a copy of this repository


@dataclass(frozen=True)
class Checks:
    """What the checks of an assignment consist of, beside their tests.

    Attributes:
        place: the folder or file of the tests; `bounds.json` stands in the folder.
        make_probes: the name and the content of each probe of a seed; equal seeds give equal probes.
        draw_figures: PNGs for the feedback by the grade id of their cell, from a trace.
        known: what follows from which mistake, if that is known.
        quality: what is measured after training, if anything is.
        experiments: the kinds of probes that its traces can hold; plans are always among them once it is loaded.
    """

    place: Path
    make_probes: Callable[[int], Iterable[tuple[str, Trace]]] = lambda seed: ()
    draw_figures: "Callable[[TraceFolder], dict[str, bytes]] | None" = None
    known: Known | None = None
    quality: Quality | None = None
    experiments: tuple[Experiment, ...] = ()


@lru_cache(maxsize=8)
def load_checks(place: Path) -> Checks:
    """The checks in the folder or file `place`, which lies in the folder `checks/` of a course.

    What the tests declare as plans is added to what the module or package brings in its `CHECKS`, if it does.

    Raises:
        UsageError: there are none, they cannot be imported, or what they declare does not fit.
    """
    if not place.exists():
        raise UsageError(f"There are no hidden checks for {place.stem!r}: {place.with_suffix('')} is missing.")
    from autograder.plans.declared import with_plans

    brought = getattr(import_checks(place), "CHECKS", None)
    return with_plans(brought or Checks(place))


def import_checks(file: Path) -> ModuleType:
    """The module in a file, or the package in a folder, of the folder `checks/` of a course.

    Raises:
        UsageError: it cannot be imported; says in which line.
    """
    file = file.resolve()
    root = next(folder for folder in file.parents if folder.name == PACKAGE).parent
    enter_course(root)
    name = ".".join(file.relative_to(root).with_suffix("").parts)
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        place = f"{error.filename or file}, line {error.lineno}"
        raise UsageError(f"{place}: this is no valid Python ({error.msg}).") from None
    except Exception as error:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(root)
        ]
        where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else f"{file}"
        told = f"{type(error).__name__}: {error}".replace("\n", " ")
        raise UsageError(f"{where}: this cannot be imported ({told}).") from error


def enter_course(root: Path) -> None:
    """Have modules found in the folder of this course, and in that of no other."""
    root = root.resolve()
    known, last = str(root) in sys.path, _courses[-1:] == [str(root)]
    if not last:
        _courses.append(str(root))
    if sys.path[0] == str(root) or (known and last):
        return  # whatever was put before it since
    for name, module in list(sys.modules.items()):
        if _is_of_another_course(name, getattr(module, "__file__", None) or "", root):
            del sys.modules[name]
    load_checks.cache_clear()
    sys.path[:] = [str(root), *(path for path in sys.path if path not in _entered)]
    _entered.add(str(root))
    importlib.invalidate_caches()


def _is_of_another_course(name: str, file: str, root: Path) -> bool:
    """Whether a module belongs to the checks of a course that was entered before, or has the name of one of `root`.

    Pytest gives the tests in `checks/` names without the package, and finds a module of such a name again.
    """
    top = name.partition(".")[0]
    if top == PACKAGE:
        return True
    others = {*_courses} - {str(root)}
    if any(file.startswith(f"{old}{os.sep}{PACKAGE}{os.sep}") for old in others):
        return True
    is_own = file.startswith(str(root / top)) or top in ENGINE or file.startswith(sys.prefix)
    has_one = (root / top).is_dir() or (root / f"{top}.py").is_file()
    return has_one and not is_own and any(file.startswith(f"{old}{os.sep}") for old in others)


_courses: list[str] = []  # in their order
_entered: set[str] = set()  # those that were put into the path here
