"""The templates of this process: one for what a course's notebooks import, replaced when it is worn or gone.

Between submission and trace. Where no template can be forked, everything starts cold, and `why_cold` says why.
"""

import atexit
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox.running import SandboxError
from autograder.sandbox.warm.template import Contents, Template

FAILURES = 3  # in a row, after which nothing is started warm any more


@dataclass
class _Pool:
    owner: int = field(default_factory=os.getpid)
    templates: list[Template] = field(default_factory=list)
    failures: int = 0
    why_cold: str = ""


_lock = threading.Lock()
_pool = _Pool()


@contextmanager
def hold_template(modules: Sequence[str] | None, helpers: Sequence[Path] = ()) -> Iterator[Template | None]:
    """A template that has imported, or imports, these modules, and stays as long as the block runs.

    None where everything starts cold, or no modules are given.

    Args:
        modules: to be imported.
        helpers: packages and modules of the course that can be imported.
    """
    with _lock:
        template = None if modules is None else _take(Contents.now(modules, helpers))
        if template is not None:
            template.running += 1
    try:
        yield template
    finally:
        if template is not None:
            with _lock:
                template.running -= 1


def prepare_template(modules: Sequence[str], helpers: Sequence[Path] = ()) -> None:
    """Begins to start the template for these modules, without waiting for it."""
    with _lock:
        _take(Contents.now(modules, helpers))


def _take(contents: Contents) -> Template | None:
    global _pool
    if _pool.owner != os.getpid():  # a fork of the grader: the templates are its parent's
        _pool = _Pool()
    _end_unused(contents)
    if _pool.why_cold:
        return None
    for template in _pool.templates:
        if template.is_usable() and template.contents == contents:
            return template
    try:
        template = Template(contents)
    except OSError as error:
        _pool.why_cold = str(error)
        return None
    _pool.templates.append(template)
    return template


def note_success() -> None:
    """A sandbox was forked."""
    with _lock:
        _pool.failures = 0


def note_failure(error: SandboxError) -> None:
    """No sandbox could be forked."""
    with _lock:
        _pool.failures += 1
        if _pool.failures >= FAILURES:
            _pool.why_cold = str(error)


def why_cold() -> str:
    """Why nothing is started warm; empty where it is, or was not tried."""
    return _pool.why_cold


def end_templates() -> None:
    """Ends all templates of this process, with the sandboxes that are forked from them."""
    with _lock:
        if _pool.owner == os.getpid():
            for template in _pool.templates:
                template.close()
            _pool.templates.clear()


def _end_unused(contents: Contents) -> None:
    """Those of which no sandbox runs and that are worn, gone or for other notebooks."""
    for template in list(_pool.templates):
        other = not template.is_usable() or template.contents != contents
        if other and not template.running:
            template.close()
            _pool.templates.remove(template)


atexit.register(end_templates)
