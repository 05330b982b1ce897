"""Parts of the hidden checks of a conditional model: which labels came with which images, and whether they should have.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of an assignment with
labels call these beside the parts that it shares with all others. Each function ends the check if it finds what it is
named for.
"""

from collections import Counter
from collections.abc import Sequence

import torch

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun, StepRun
from checks.gan.updates import updates_of
from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.parts import Part
from course_utils.gan.places import MODULES


def fail_on_constant_labels(name: str, attribution: Attribution) -> None:
    """A module is called with one and the same label, whatever the labels of the images are."""
    evidence = attribution.evidence
    for module in MODULES:
        calls = [call for call in evidence.calls if call.module == module and call.labels is not None]
        if not calls or len(evidence.labels[calls[0].step].unique()) < 2:
            continue
        seen = torch.cat([call.labels for call in calls if call.labels is not None]).unique()
        if len(seen) == 1:
            fail(
                f"`{name}` called the {module} with the label {int(seen)} for every image, so it cannot learn what a "
                "label means.",
                f"Pass the labels of the images on to the {module}.",
                mistake=Mistake.LABELS_NOT_USED,
            )


def fail_on_stray_labels(name: str, run: LossRun) -> None:
    """D judges an image of G under another label than G was given."""
    stray = [part for part in run.parts("discriminator") if part.loss.startswith("stray")]
    if stray:
        _fail_stray(f"In `{name}`")


def fail_on_stray_samples(step_runs: Sequence[StepRun]) -> None:
    """G is moved by D's score of its images under another label than G was given."""
    if any("stray up" in moved.losses for moved in updates_of(step_runs, "generator")):
        _fail_stray("In an update of G")


def _fail_stray(where: str) -> None:
    fail(
        f"{where} D judges images of G under another label than G was given: G is then rewarded for drawing another "
        "digit than it was asked for.",
        "Give D the same labels that G was given.",
        mistake=Mistake.SAMPLE_JUDGED_UNDER_ANOTHER_LABEL,
    )


def fail_unless_given_labels(run: LossRun) -> None:
    """Wrong labels are those of `h_wrong`, and each z comes with its label in `h`."""
    given, z = run.given, run.z.double()
    for call in run.attribution.evidence.calls:
        for i, row in enumerate(run.attribution.rows[call.number]):
            if call.module == "discriminator" and row.kind == "wrong" and "h_wrong" in given:
                if row.label != int(given["h_wrong"][row.index]):
                    _fail_on_other_labels(run, "D", "h_wrong" if run.loss == "discriminator" else "h")
            elif call.module == "generator" and row.kind == "noise" and call.content.shape[1] == z.shape[1]:
                distances = (z - call.content[i]).abs().amax(dim=1)  # (batch,)
                nearest = int(distances.argmin())
                if float(distances[nearest]) < 1e-5 and row.label != int(given["h"][nearest]):
                    _fail_on_other_labels(run, "G", "h")


def _fail_on_other_labels(run: LossRun, module: str, argument: str) -> None:
    fail(
        f"`{run.loss}_loss` called {module} with other labels than the `{argument}` that it was given, so whoever "
        "calls it has no say in them.",
        f"Use the argument `{argument}` as it is.",
        mistake=Mistake.GIVEN_LABELS_NOT_USED,
    )


def fail_on_reconstruction_labels(name: str, attribution: Attribution) -> None:
    """A reconstruction is encoded or decoded under another label than that of the image."""
    for parts in attribution.parts.values():
        if any(_is_under_another_label(attribution, part) for part in parts):
            _fail_on_reconstruction_label(f"`{name}`")


def fail_on_step_reconstruction_labels(step_runs: Sequence[StepRun], module: str) -> None:
    """The same, for the reconstruction errors that moved a module in a training step."""
    for moved in updates_of(step_runs, module):
        if any(_is_under_another_label(moved.run.attribution, driver.part) for driver in moved.drivers):
            _fail_on_reconstruction_label("`train_step`")


def _is_under_another_label(attribution: Attribution, part: Part) -> bool:
    rows = attribution.rows
    if part.loss == "error" and part.call.module == "encoder":
        driven = (part.gradient != 0).any(dim=1).tolist()
        return any(row.kind == "wrong" for row, own in zip(rows[part.call.number], driven, strict=True) if own)
    if part.loss != "error" or part.call.module != "generator":
        return False
    truth = attribution.evidence.labels[part.call.step]
    return any(
        row.index >= 0
        and (
            row.label != int(truth[row.index])
            or any(rows[number][i].label != int(truth[row.index]) for number, i in row.sources)
        )
        for row in rows[part.call.number]
        if row.kind == "code"
    )


def _fail_on_reconstruction_label(where: str) -> None:
    fail(
        f"{where} encodes or decodes an image under another label than its own, and compares the result with it.",
        "Reconstruct with the image's own label in both places: G(E(x, h), h).",
        mistake=Mistake.RECONSTRUCTION_UNDER_ANOTHER_LABEL,
    )


def fail_on_labels_of_other_images(step_runs: Sequence[StepRun]) -> None:
    """Among the labels that D is to reject are true ones, or those that it is to accept are of other images."""
    counts: Counter[str] = Counter()
    misplaced = 0  # images under labels of others among those that D is to accept
    for moved in updates_of(step_runs, "discriminator"):
        parts = [driver.part for driver in moved.drivers]
        misplaced += sum(_count(part) for part in parts if part.loss == "wrong up" and _is_among_accepted(part, parts))
        rejecting = [part.call for part in parts if part.loss == "wrong down"]
        for part in parts:
            if part.loss != "real down" or any(part.call is call for call in rejecting):
                counts[part.loss] += _count(part)
    rejected = counts["real down"]
    most = counts["wrong up"] > counts["real up"] + rejected
    if counts["wrong down"] and (most or misplaced):
        fail(
            f"D was told to accept {counts['wrong up']} of {counts['wrong up'] + counts['real up']} real images in "
            "training steps under labels that are not theirs"
            f"{', as if images and labels had been put in other orders' if most else ''}.",
            "D accepts each image with its own label: row i of `x_real` belongs to row i of `h`.",
            mistake=Mistake.WRONG_LABELS_ACCEPTED,
        )
    if rejected:
        fail(
            f"Of {counts['wrong down'] + rejected} labels that D was told to reject in training steps, {rejected} were "
            "the true ones: D is told to reject what it is told to accept elsewhere.",
            "Use your `draw_wrong_labels`, and draw among the other classes only.",
            mistake=Mistake.WRONG_LABELS_NOT_WRONG,
        )


def _is_among_accepted(part: Part, parts: Sequence[Part]) -> bool:
    """Whether D is called on more real images that it is to accept, and on none with a label that it is to reject: of a
    few images with wrong labels, all may have flipped ones."""
    together = {other.loss: other for other in parts if other.call is part.call}
    accepted = together.get("real up")
    return accepted is not None and _count(accepted) > _count(part) and not {"wrong down", "real down"} & set(together)


def _count(part: Part) -> int:
    return int((part.gradient != 0).any(dim=1).sum())
