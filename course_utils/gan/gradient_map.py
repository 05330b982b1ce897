"""The gradient map: a picture of which loss drove which module in one training step.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this draws a trace, for
students and in the feedback. Rows are the losses behind the updates, in the order of the updates; what the notebook
says must not happen is hatched, and red where it happened. Below them is a row for each network into which gradients of
before its last update went, of whichever losses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from course_utils.gan.attribution.attribute import attribute
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.attribution.updates import Movement, explain_updates
from course_utils.gan.places import MODULES
from course_utils.plotting import show_gradient_map
from coursekit.trace import Trace, named_tensor

# What may drive each module, as the notebook states it.
MAY_DRIVE = {
    "encoder": {"error", "reconstruction up"},
    "generator": {"error", "sample up", "reconstruction up"},
    "discriminator": {
        "real up",
        "sample down",
        "reconstruction down",
        "old down",
        "other down",
        "wrong down",
        "stray down",
    },
}
SMOOTHED = 0.005  # a label that is so far from 0 and 1 is shown
SHOWN = 0.005  # of an update; a smaller share is shown as 0 %
WORDS = {
    "real": "D(X)",
    "sample": "D(G(z))",
    "reconstruction": "D(G(E(X)))",
    "wrong": "D(X) with wrong labels",
    "stray": "D of images of G with other labels than G was given",
    "old": "D of images of an older G",
    "other": "D of other images",
    "up": "→ 1",
    "down": "→ 0",
    "mixed": "→ between 0 and 1",
    "error": "reconstruction error",
    "error up": "reconstruction error",  # which the update raises
    "features": "what D's hidden layers see",
    "unknown": "a loss that is not recognized",
    "unread": "a loss that cannot be read",
}


def draw_gradient_map(probe: Trace, trace: Trace) -> Figure:
    """Draw the map of the last training step in `trace`, which was recorded for the step probe `probe`.

    Raises:
        TraceError: the trace contradicts itself.
    """
    batches = [named_tensor(probe, reference) for reference in probe.data["batches"]]
    labels = [named_tensor(probe, reference) for reference in probe.data.get("labels", ())]
    movements = explain_updates(attribute(read_evidence(probe, trace, batches, labels)))
    return draw_movements(movements, len(batches) - 1)


def draw_movements(movements: Iterable[Movement], step: int) -> Figure:
    """Draw the map of one training step, by its number."""
    texts, shares, forbidden = gradient_rows([m for m in movements if m.update.step == step])
    return show_gradient_map(texts, shares, forbidden)


@dataclass
class _Row:
    """One row while it is put together: a loss within an update."""

    shares: list[float] = field(default_factory=lambda: [0.0] * len(MODULES))
    label: str = ""  # that of a smoothed target


def gradient_rows(movements: list[Movement]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Labels, signed shares and whether they are forbidden: `(rows,)`, `(rows, 3)`, `(rows, 3)`; columns E, G, D."""
    times = sorted({movement.update.time for movement in movements})
    rows: dict[tuple[int, str], _Row] = {}
    for movement in movements:
        order, column = times.index(movement.update.time), MODULES.index(movement.module)
        for driver in movement.drivers or ():
            if driver.leftover:
                continue
            loss = movement.followed(driver.part.loss)
            row = rows.setdefault((order, loss), _Row())
            row.shares[column] += -driver.share if loss == "error up" else driver.share
            label = driver.part.reading.label if driver.part.reading else float("nan")
            if label == label and min(abs(label), abs(label - 1)) > SMOOTHED:
                row.label = f", label {label:.2f}"
        if movement.drivers is None:
            rows.setdefault((order, "unknown"), _Row()).shares[column] = 1.0
    ordered = sorted(rows)
    labels = [f"update {order + 1} of {len(times)}: {_words(loss)}{rows[order, loss].label}" for order, loss in ordered]
    shares = [rows[key].shares for key in ordered]
    forbidden = [
        [loss not in ("features", "unknown", "unread") and loss not in MAY_DRIVE[module] for module in MODULES]
        for _, loss in ordered
    ]
    for module in MODULES:
        if share := _left_over([movement for movement in movements if movement.module == module]):
            labels.append(f"{module[0].upper()}: left over from before its last update")
            shares.append([share if module == other else 0.0 for other in MODULES])
            forbidden.append([True] * len(MODULES))
    shape = (len(labels), len(MODULES))
    return labels, np.array(shares).reshape(shape), np.array(forbidden).reshape(shape)


def _left_over(movements: Sequence[Movement]) -> float:
    """How much of an update of one network was left over: of the first of its updates in which any was."""
    shares = (sum(driver.share for driver in movement.drivers or () if driver.leftover) for movement in movements)
    return next((share for share in shares if share >= SHOWN), 0.0)


def _words(loss: str) -> str:
    return WORDS.get(loss) or " ".join(WORDS.get(word, word) for word in loss.split())
