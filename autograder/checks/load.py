"""Loads the checks of an assignment, a folder or one file of its course, into one record.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the trusted half
of the course material comes in. The folder of the course is put where Python looks for modules, so that the checks
may import from `checks` and from the course's helpers; a process that goes over to another course forgets the first.
"""

import importlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.checks.bounds import Quality
from autograder.checks.causes import Known
from autograder.errors import UsageError
from coursekit.trace import Trace

PACKAGE = "checks"


@dataclass(frozen=True)
class Checks:
    """What the checks of an assignment consist of, beside their tests.

    Attributes:
        place: the folder or file of the tests; `bounds.json` stands in the folder.
        make_probes: the name and the content of each probe of a seed; equal seeds give equal probes.
        draw_figures: PNGs for the feedback by the grade id of their cell, from the folder of a trace.
        known: what follows from which mistake, if that is known.
        quality: what is measured after training, if anything is.
    """

    place: Path
    make_probes: Callable[[int], Iterable[tuple[str, Trace]]]
    draw_figures: Callable[[Path], dict[str, bytes]] | None = None
    known: Known | None = None
    quality: Quality | None = None


@lru_cache(maxsize=8)
def load_checks(place: Path) -> Checks:
    """The checks in the folder or file `place`, which lies in the folder `checks/` of a course.

    Raises:
        UsageError: there are none.
    """
    if not place.exists():
        raise UsageError(f"There are no hidden checks for {place.stem!r}: {place.with_suffix('')} is missing.")
    enter_course(place.parent.parent)
    checks: Checks = importlib.import_module(f"{PACKAGE}.{place.stem}").CHECKS
    return checks


def enter_course(root: Path) -> None:
    """Have modules found in the folder of this course, and in that of no other."""
    root = root.resolve()
    if sys.path[0] == str(root):
        return
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    load_checks.cache_clear()
    sys.path[:] = [str(root), *(path for path in sys.path if path not in _entered)]
    _entered.add(str(root))
    importlib.invalidate_caches()


_entered: set[str] = set()
