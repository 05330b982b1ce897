"""What was seen of the labels under which a conditional model was called: an image's own, those given, or others.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.parts import Part
from course_utils.gan.places import MODULES
from coursekit.said import Said, wrong


def look_at_labels(name: str, attribution: Attribution, h_wrong: Tensor | None = None) -> list[Said]:
    """One sentence on what is wrong with them; nothing where all is right, or where there are no labels.

    Args:
        name: of the function that was called.
        attribution: of what it did.
        h_wrong: the wrong labels that it was given, `(batch,)`.
    """
    against = next(_against(name, attribution, h_wrong), None) if attribution.evidence.labels else None
    return [wrong(against)] if against else []


def _against(name: str, attribution: Attribution, h_wrong: Tensor | None) -> Iterator[str]:
    evidence, rows = attribution.evidence, attribution.rows
    several = len(torch.cat(evidence.labels).unique()) > 1
    for module in MODULES:
        labels = [call.labels for call in evidence.calls if call.module == module and call.labels is not None]
        seen = torch.cat(labels).unique() if labels else torch.empty(0)
        if several and len(seen) == 1 and len(torch.cat(labels)) > 1:
            letter = module[0].upper()
            yield f"{name} calls {letter} with the label {int(seen)} for every image. Pass the labels of the images on."
    parts = [part for of_pass in attribution.parts.values() for part in of_pass]
    if any(_is_under_another_label(attribution, part) for part in parts):
        yield (
            f"{name} encodes or decodes an image under another label than its own, and compares the result with it. "
            "Give E and G the image's own label: G(E(x, h), h)."
        )
    if any(part.loss == "stray up" and part.call.module == "generator" for part in parts):
        yield (
            f"{name} rewards G for what D says of its images under other labels than G was given. Give D the same ones."
        )
    of_d = [call for call in evidence.calls if call.module == "discriminator"]
    judged = [row for call in of_d for row in rows[call.number] if row.kind == "wrong"]
    if h_wrong is not None and any(row.label != int(h_wrong[row.index]) for row in judged):
        yield f"{name} calls D with other wrong labels than the `h_wrong` that it was given. Use the argument as it is."


def rejects_true_labels(attribution: Attribution) -> bool:
    """Whether a call of D that is to reject wrong labels holds true ones, which are then rejected, too."""
    asked: dict[int, set[str]] = {}
    for part in (part for of_pass in attribution.parts.values() for part in of_pass):
        asked.setdefault(part.call.number, set()).add(part.loss)
    return any({"wrong down", "real down"} <= losses for losses in asked.values())


def _is_under_another_label(attribution: Attribution, part: Part) -> bool:
    if part.loss != "error" or part.call.module != "generator":
        return False
    truth, rows = attribution.evidence.labels[part.call.step], attribution.rows
    codes = [row for row in rows[part.call.number] if row.kind == "code" and row.index >= 0]
    return any(
        label != int(truth[row.index])
        for row in codes
        for label in (row.label, *(rows[number][i].label for number, i in row.sources))
    )
