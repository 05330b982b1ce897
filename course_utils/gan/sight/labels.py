"""What was seen of the wrong labels that are drawn: whether they are labels, in range, wrong, and drawn at random.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

import torch
from torch import Tensor

from course_utils.gan.sight.words import Seen, say_error
from coursekit.said import Said, right, wrong
from coursekit.trace import named_tensor, read_trace

NAME = "`draw_wrong_labels`"


def see_wrong_labels(recorded: Seen) -> list[Said]:
    ((probe, folder),) = recorded
    trace = read_trace(folder)
    for run, reference, classes in zip(
        trace.data["runs"], probe.data["labels"], probe.data["numbers_of_classes"], strict=True
    ):
        if run["error"]:
            return [say_error("draw_wrong_labels", run["error"])]
        h = named_tensor(probe, reference)
        for drawn in run["drawn"]:
            if drawn["type"] != "Tensor":
                return [wrong(f"{NAME} returned {drawn['type']}, expected a tensor of labels.")]
            against = _against(h, named_tensor(trace, drawn["labels"]), classes)
            if against:
                return [wrong(against)]
        if not torch.equal(named_tensor(trace, run["h"]), h):
            return [wrong(f"{NAME} changed the labels in `h` in place; make a new tensor instead.")]
    said = [right(f"{NAME} returned labels in range that all differ from the true ones, and left `h` as it is.")]
    labels, classes = named_tensor(probe, probe.data["labels"][0]), probe.data["numbers_of_classes"][0]
    drawn = [named_tensor(trace, one["labels"]) for one in trace.data["runs"][0]["drawn"]]
    return [*said, _look_at_chance(labels, drawn, classes)]


def _against(h: Tensor, drawn: Tensor, classes: int) -> str:
    if drawn.shape != h.shape or drawn.is_floating_point():
        kind = str(drawn.dtype).removeprefix("torch.")
        return (
            f"{NAME} returned {kind} of shape {tuple(drawn.shape)}, expected integers of the shape of `h`, "
            f"{tuple(h.shape)}."
        )
    if outside := int(((drawn < 0) | (drawn >= classes)).sum()):
        return f"{outside} of {len(h)} labels lie outside 0 to {classes - 1}, for {classes} classes."
    if same := int((drawn == h).sum()):
        return f"{same} of {len(h)} labels are not wrong: they are the true ones."
    return ""


def _look_at_chance(h: Tensor, drawn: list[Tensor], classes: int) -> Said:
    """That 200 fair draws leave one of nine classes out happens once in a billion times."""
    first, second = drawn
    if torch.equal(first, second):
        return wrong(f"Called twice, {NAME} drew the very same {len(h)} labels: draw them at random each time.")
    offsets = len(((torch.cat(drawn) - h.repeat(2)) % classes).unique())
    if offsets < classes - 1:
        return wrong(
            f"In {2 * len(h)} draws from {classes} classes, each label was only replaced by {offsets} of the "
            f"{classes - 1} others: each of them is to be as probable."
        )
    return right("They are drawn at random, and each of the other classes comes up.")
