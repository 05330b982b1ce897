"""What students were given: by it one tells what in their notebook is still as it was handed out, and what is not.

Part of the last step before a submission in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. The kit carries it as digests, and the collector reads it from the release.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coursekit.notebook_file import joined
from coursekit.text import unix_lines


@dataclass(frozen=True)
class HandedOut:
    """Digests of a released notebook.

    Attributes:
        given: of the code cells that are not the students' to change; empty where it is unknown.
        shown: of what its cells show; empty where they show nothing, as after most releases.
    """

    given: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


UNKNOWN = HandedOut()


def read_handed_out(cells: Iterable[dict[str, Any]]) -> HandedOut:
    """That of the cells of the released notebook, as its JSON has them."""
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    given = {digest(joined(cell.get("source"))) for cell in code if marks(cell).get("solution") is not True}
    return HandedOut(frozenset(given), frozenset(shown for cell in code if (shown := digest_outputs(cell))))


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """What nbgrader has noted on a cell; empty where it has not."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def digest(source: str) -> str:
    """What tells whether the source of a cell is as it came with the kit, whatever system it was saved on."""
    return hashlib.sha256(unix_lines(source).strip().encode("utf-8", "replace")).hexdigest()[:16]


def digest_outputs(cell: dict[str, Any]) -> str:
    """What tells whether a cell shows the same as another; "" where it shows nothing."""
    outputs = cell.get("outputs")
    shown = [_content(output) for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return digest(json.dumps(shown, sort_keys=True)) if shown else ""


def _content(output: dict[str, Any]) -> list[Any]:
    """What an output shows, however its lines are stored."""
    data = output.get("data")
    by_kind = data.items() if isinstance(data, dict) else ()
    texts = [joined(output.get(key)) for key in ("text", "ename", "evalue")]
    return [*texts, {kind: joined(value) or value for kind, value in by_kind}]
