"""Whether students can install what the released notebook imports: its `requirements.txt` names it, or brings it along.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. What is missing is
a warning and no refusal, since a course may install packages in other ways.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import coursekit

FILE = "requirements.txt"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def missing_packages(sources: Iterable[str], own: Iterable[str], requirements: str) -> tuple[str, ...]:
    """What the sources import of packages that the requirements neither name nor bring along, sorted.

    An import within `try` is left out: whoever writes it expects that it may fail.

    Args:
        sources: texts of Python.
        own: modules that the kit holds.
        requirements: the text of a `requirements.txt`.
    """
    brought = set(_with_dependencies(_NAME.findall(line)[0] for line in requirements.splitlines() if _is_name(line)))
    known = {coursekit.__name__, *own, *sys.stdlib_module_names}
    imported = {name for source in sources for name in _imported(source)} - known
    lacking = [name for name in imported if _normal(name) not in brought]
    distributions = packages_distributions() if lacking else {}  # which takes a second
    return tuple(sorted(name for name in lacking if brought.isdisjoint(map(_normal, distributions.get(name, [])))))


def warn_of_packages(sources: Iterable[str], own: Iterable[str], folder: Path) -> tuple[str, ...]:
    """One sentence where packages are missing in the requirements of a released folder, if it has any."""
    file = folder / FILE
    missing = missing_packages(sources, own, file.read_text(encoding="utf-8")) if file.is_file() else ()
    if not missing:
        return ()
    them = "it" if len(missing) == 1 else "them"
    return (f"The notebook imports {', '.join(missing)}, but {FILE} does not name {them}: students lack {them}.",)


def _is_name(line: str) -> bool:
    return _NAME.match(line.strip()) is not None


def _with_dependencies(names: Iterable[str]) -> Iterator[str]:
    """The normalized names of packages, and of those that they need on this machine, as far as they are installed."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = _normal(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        yield name
        try:
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        waiting += [_NAME.findall(one)[0] for one in needed if "extra ==" not in one]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(source: str) -> Iterator[str]:
    """The first part of the names of the modules that are imported."""
    try:
        waiting: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif not isinstance(node, ast.Try):
            waiting += ast.iter_child_nodes(node)
