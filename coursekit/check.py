"""The one call in every test cell: `check("check_loss", loss, Model)`.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where the submission
turns into a trace. On a student's machine it carries out the public plans that came with the kit and says what was
seen. When the autograder runs the notebook, it provides an inbox of plans and an outbox, and the same call records
those of the cell. Nothing here knows how they will be judged.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.boxes import find_boxes
from coursekit.plans.interpreter import run_plan
from coursekit.plans.public import FOLDER, find_public
from coursekit.plans.shown import see
from coursekit.plans.steps import KIND, read_plan
from coursekit.plans.storing import store_answers
from coursekit.said import tell
from coursekit.threads import one_thread
from coursekit.trace import read_trace


def check(cell: str, *given: Any) -> None:
    """Try functions and classes: record them for the autograder, or say what can be seen.

    Args:
        cell: the name of this test cell.
        given: the functions and classes that it tries, as they are called in the notebook.
    """
    names = _names(given, inspect.currentframe())
    if boxes := find_boxes():
        record(cell, names, *boxes)
        return
    kit = Path(__file__).resolve().parents[1]
    with one_thread():
        said = see(find_public([Path(FOLDER), kit / FOLDER], cell), names)
    tell(said)


def record(cell: str, given: Mapping[str, Any], inbox: Path, outbox: Path) -> None:
    """Carry out the plans of a cell that lie in `inbox`, in the order of their names, and record them in `outbox`."""
    for folder in sorted(inbox.iterdir()):
        asked = read_trace(folder)
        if asked.data["kind"] == KIND and asked.data["cell"] == cell:
            store_answers(run_plan(read_plan(asked), asked, given)).write(outbox / folder.name)


def _names(given: tuple[Any, ...], here: Any) -> dict[str, Any]:
    """What is given, under its own name and under those that it has in the notebook."""
    around = here.f_back.f_globals if here is not None and here.f_back is not None else {}
    named = {str(getattr(value, "__name__", "")): value for value in given}
    return named | {name: value for name, value in list(around.items()) if any(value is one for one in given)}
