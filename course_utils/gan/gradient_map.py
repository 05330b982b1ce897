"""The gradient map: a picture of which loss drove which module in one training step.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this draws a trace, for
students and in the feedback. Rows are the losses behind the updates, in the order of the updates; what the notebook
says must not happen is hatched, and red where it happened.
"""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from course_utils.gan.attribution.evidence import MODULES
from course_utils.gan.attribution.parts import attribute
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.attribution.updates import Movement, explain_updates
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


def gradient_rows(movements: list[Movement]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Labels, signed shares and whether they are forbidden: `(rows,)`, `(rows, 3)`, `(rows, 3)`; columns E, G, D."""
    times = sorted({movement.update.time for movement in movements})
    rows: dict[tuple[int, bool, str], list[float]] = {}
    smoothed: dict[tuple[int, bool, str], float] = {}
    for movement in movements:
        order = times.index(movement.update.time)
        column = MODULES.index(movement.module)
        for driver in movement.drivers or ():
            row = rows.setdefault((order, driver.leftover, driver.part.loss), [0.0] * len(MODULES))
            row[column] += -driver.share if movement.maximize else driver.share
            label = driver.part.reading.label if driver.part.reading else float("nan")
            if label == label and min(abs(label), abs(label - 1)) > SMOOTHED:
                smoothed[order, driver.leftover, driver.part.loss] = label
        if movement.drivers is None:
            rows.setdefault((order, False, "unknown"), [0.0] * len(MODULES))[column] = 1.0
    ordered = sorted(rows, key=lambda key: (key[0], key[1], key[2]))
    labels = [_label(*key, len(times)) + (f", label {smoothed[key]:.2f}" if key in smoothed else "") for key in ordered]
    forbidden = [
        [leftover or (loss not in ("unknown", "unread") and loss not in MAY_DRIVE[module]) for module in MODULES]
        for _, leftover, loss in ordered
    ]
    shape = (len(ordered), len(MODULES))
    return labels, np.array([rows[key] for key in ordered]).reshape(shape), np.array(forbidden).reshape(shape)


def _label(order: int, leftover: bool, loss: str, updates: int) -> str:
    words = " ".join(WORDS.get(word, word) for word in loss.split())
    old = "left over: " if leftover else ""
    return f"update {order + 1} of {updates}: {old}{words}"
