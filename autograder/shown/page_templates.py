"""What all pages are made with: templates that escape every text and let none hide what is in it.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.shown.visible import visible


def page_environment(
    *folders: Path,
    filters: Mapping[str, Any] | None = None,
    shown: Callable[[str], str] = visible,
) -> Environment:
    """An environment of Jinja for pages.

    Args:
        folders: where the templates are, the first ones first.
        filters: those of the templates, by name.
        shown: what becomes of every text that is no markup of ours, before it is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    environment.filters |= dict(filters or {})
    return environment
