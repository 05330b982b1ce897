"""Reads Gradescope's file about the submissions in an export: who handed in, and when.

The file is Gradescope's, but names and messages in it are anybody's: all of it is read as text, and counted first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import UsageError

METADATA = "submission_metadata.yml"
MAX_METADATA = 32 * 2**20  # bytes; with the results of a class of 500 it has some MiB


@dataclass(frozen=True)
class Submitted:
    """What Gradescope knows about one submission.

    Attributes:
        names: ids, addresses and names of who handed it in, the most reliable first.
        at: when it was received, aware; None where it does not say.
    """

    names: tuple[str, ...]
    at: datetime | None


def read_metadata(path: Path) -> dict[str, Submitted]:
    """What is known about each submission, by the name of its folder.

    Raises:
        UsageError: the file is too large or no YAML.
    """
    import yaml

    if path.stat().st_size > MAX_METADATA:
        raise UsageError(f"{path} is larger than {MAX_METADATA // 2**20} MiB: is it Gradescope's?")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # knows text, lists and tables only
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise UsageError(f"{path} is no YAML that can be read: export the submissions again.") from None
    return {str(name): _submitted(known) for name, known in _table(data).items()}


def _submitted(known: Any) -> Submitted:
    fields = {str(key).lstrip(":"): value for key, value in _table(known).items()}
    people = fields.get("submitters")
    first = _table(people[0]) if isinstance(people, list) and people else {}
    person = {str(key).lstrip(":"): str(value) for key, value in first.items()}
    names = tuple(value for key in ("sid", "email", "name") if (value := person.get(key, "")) not in ("", "null", "~"))
    return Submitted(names, _moment(str(fields.get("created_at", ""))))


def _moment(text: str) -> datetime | None:
    """A time such as "2023-02-24 22:10:05.123456789 Z"; without a zone, universal time is meant."""
    day, _, rest = text.strip().replace("T", " ").partition(" ")
    clock, zone = rest[:8], rest[8:].lstrip(".0123456789").strip()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in ('', 'Z', 'UTC') else zone}")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _table(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}
