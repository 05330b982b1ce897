"""Parts of the hidden checks of a training step: each module learns from its own losses and from nothing else.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_train_step.py` of an
assignment is made of these, and each ends the check if something is wrong. What a loss must be, it must be in a step.
"""

from collections.abc import Iterable, Mapping, Sequence

from autograder.checks.outcome import fail
from checks.gan.beside import (
    fail_on_discriminator_loss,
    fail_on_other_reconstruction,
    fail_on_other_than_adversarial,
    leave_missing_to_a_person,
    leave_others_to_a_person,
)
from checks.gan.cut_scores import fail_on_cut_scores_of_steps
from checks.gan.forms import fail_on_other_scores, has_wrong_sign, said_against, said_labels
from checks.gan.images import fail_on_one_sided_changes, fail_on_rescaled_images
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from checks.gan.proportion import fail_on_proportion, weights_in
from checks.gan.terms import Term
from checks.gan.updates import (
    Moved,
    leave_unclear_to_a_person,
    leave_unexplained_to_a_person,
    mapped_first,
    runs_of,
    updates_of,
)
from checks.gan.usage import (
    fail_on_few_fakes,
    fail_on_few_images,
    fail_on_few_reconstructions,
    fail_on_few_samples,
    fail_on_old_fakes,
)
from course_utils.gan.attribution.parts import Part

FAKES = ("sample", "reconstruction", "stray")
MOST = 0.5  # a term's label is wrong if it is in more than this share of the updates that show the term


def fail_unless_discriminator_learns(
    step_runs: tuple[StepRun, ...], terms: Sequence[Term], proportion: Mapping[Term, float] | None = None
) -> None:
    """What moves D is its own loss, with all of these terms and, if it is given, in this proportion."""
    updates = updates_of(step_runs, "discriminator")
    fail_on_other_scores("An update of D", _parts(updates, "discriminator"))
    swapped = [m for m in updates if m.losses & {"real down"} and m.losses & {"sample up"}]
    if len(swapped) > MOST * len(updates):
        fail(
            "The updates of D drive D(X) towards 0 and D(G(z)) towards 1: the labels are swapped, or the sign is.",
            "Real images have the label 1, samples the label 0, and the optimizer minimizes.",
            mistake=Mistake.LABELS_SWAPPED,
            near_threshold=len(swapped) < len(updates),
        )
    _fail_on_generator_loss(updates, terms)
    for term in terms:
        _fail_on_label(term, updates)
    seen = frozenset().union(*(m.losses for m in updates))
    for term in terms:
        if not any(loss.startswith(term.kind) for loss in seen):
            leave_unexplained_to_a_person(step_runs, "discriminator")
            _fail_on_missing(term, seen, terms)
    fail_on_old_fakes(updates)
    if proportion:
        fail_on_proportion("An update of D", [weights_in(moved, proportion) for moved in updates], proportion)
    for term in terms:
        fail_on_cut_scores_of_steps(updates, term.kind)
    fail_on_few_images(updates)
    fail_on_few_fakes(updates)
    _fail_on_rescaled(step_runs, "discriminator")
    calls = [
        (r.attribution, {d.part.call.number for m in updates if m.run is r for d in m.drivers})
        for r in runs_of(updates)
    ]
    fail_on_one_sided_changes("train_step", calls)
    leave_unclear_to_a_person(step_runs, "discriminator")


def fail_unless_generator_learns(step_runs: tuple[StepRun, ...]) -> None:
    """What moves G is its adversarial loss and the reconstruction error."""
    updates = updates_of(step_runs, "generator")
    fail_on_discriminator_loss(updates)
    fail_on_other_scores("The adversarial loss that moves G", _parts(updates, "generator"))
    wrong = {"sample down", "sample mixed"}
    if down := [m for m in updates if m.sure & wrong]:
        own = [d.part for m in down for d in m.drivers if m.movement.followed(d.part.loss) in wrong]
        turned = has_wrong_sign(own) or any(m.movement.maximize for m in down)
        towards = "0" if turned else said_labels(own)
        fail(
            f"The updates of G drive D(G(z)) towards {towards}, expected towards 1: G is taught to be caught.",
            "The generator wants its samples to be taken for real: label 1, or minimize log(1 - D(G(z))).",
            mistake=Mistake.GENERATOR_TRAINED_TOWARDS_FAKE,
        )
    seen = frozenset().union(*(m.losses for m in updates))
    fail_on_other_than_adversarial(updates, seen)
    fail_on_other_reconstruction(updates, seen)
    leave_missing_to_a_person(step_runs, updates, seen, "sample up", "error")
    if "sample up" not in seen:
        fail(
            "G was updated, but never by its adversarial loss: nothing makes its samples look real.",
            "Check that the optimizer that steps after the generator's loss holds `model.generator.parameters()`.",
            mistake=Mistake.GENERATOR_NOT_TRAINED_BY_ITS_LOSS,
        )
    if "error" not in seen:
        fail(
            "G was updated, but never by the reconstruction error: as a decoder it stays untrained.",
            "Step on the autoencoder's loss with an optimizer that holds the parameters of both E and G.",
            mistake=Mistake.GENERATOR_NOT_TRAINED_BY_RECONSTRUCTION,
        )
    fail_on_few_samples(updates)
    fail_on_few_reconstructions(updates)
    leave_others_to_a_person(updates)
    leave_unclear_to_a_person(step_runs, "generator")


def fail_unless_encoder_learns(step_runs: tuple[StepRun, ...]) -> None:
    """What moves E is the reconstruction error."""
    updates = updates_of(step_runs, "encoder")
    seen = frozenset().union(*(m.losses for m in updates))
    fail_on_other_reconstruction(updates, seen)
    leave_missing_to_a_person(step_runs, updates, seen, "error")
    if "reconstruction down" in seen:
        fail(
            "An update of E came from D's loss, which drives D's scores of reconstructions towards 0.",
            "Detach the reconstructions in D's step.",
            mistake=Mistake.FAKES_NOT_DETACHED,
        )
    if "error" not in seen:
        fail(
            "E was updated, but never by the reconstruction error.",
            "Step the optimizer that holds `model.encoder.parameters()` after the autoencoder's backward pass.",
            mistake=Mistake.ENCODER_NEVER_UPDATED,
        )
    fail_on_few_reconstructions(updates)
    _fail_on_rescaled(step_runs, "encoder")
    leave_others_to_a_person(updates)
    leave_unclear_to_a_person(step_runs, "encoder")


def _parts(updates: Iterable[Moved], module: str) -> list[Part]:
    return [driver.part for moved in updates for driver in moved.drivers if driver.part.call.module == module]


def _fail_on_generator_loss(updates: Sequence[Moved], terms: Sequence[Term]) -> None:
    """D is moved by a loss that drives scores of fakes up: the generator's, unless D's own loss labels them so."""
    instead = [m for m in updates if _labels_fakes_real(m, "reconstruction") and "sample down" in m.losses]
    if len(instead) > MOST * len(updates) and not any(loss.startswith("real") for m in updates for loss in m.losses):
        fail(
            "What D learns to take for real are reconstructions, G(E(X)), and not the images in `x_real`.",
            "Give D the images of `x_real`; its loss has a term for them.",
            mistake=Mistake.REAL_IMAGES_MISSING,
        )
    labels_of_its_own = [m for m in updates if _labels_fakes_real(m)]
    if len(labels_of_its_own) > MOST * len(updates):
        term = next(term for term in terms if term.kind == "sample")
        _fail_label(term, labels_of_its_own, among=updates)
    for moved in mapped_first(updates):
        foreign = moved.sure & {f"{kind} up" for kind in FAKES}
        if foreign and not (moved.losses & {"real down"}) and not _has_flipped_labels(moved):
            fail(
                f"{moved.share(foreign):.0%} of an update of D came from the generator's loss, which drives D(G(z)) "
                "towards 1: D helps to be fooled.",
                "Zero D's gradients right before the backward pass of D's loss, or let only D's own parameters be "
                "updated by that loss.",
                mistake=Mistake.DISCRIMINATOR_MOVED_BY_GENERATOR_LOSS,
            )


def _labels_fakes_real(moved: Moved, kind: str = "sample") -> bool:
    """Whether images of G have the label 1 in a loss of D's own, and no other label beside it."""
    fakes = [driver.part for driver in moved.drivers if driver.part.loss.startswith(f"{kind} ")]
    if f"{kind} up" not in moved.losses or f"{kind} down" in moved.losses:
        return False
    return all(_is_of_discriminator_loss(moved, part) for part in fakes)


def _has_flipped_labels(moved: Moved) -> bool:
    """Whether images of G that D is driven to take for real are labelled so in D's own loss, as flipped labels are."""
    up = [driver.part for driver in moved.drivers if driver.part.loss in {f"{kind} up" for kind in FAKES}]
    return bool(up) and all(_is_of_discriminator_loss(moved, part) for part in up)


def _is_of_discriminator_loss(moved: Moved, part: Part) -> bool:
    """Whether a loss that labels images of G as real is D's own: it drives scores of real images, too, and none of G's
    down; or it gives nothing to G, and no other backward pass of the update drives scores of G's images down."""
    passed = {other.loss for other in moved.run.attribution.of("discriminator", part.backward)}
    down = {f"{kind} down" for kind in FAKES}
    if any(loss.startswith("real ") for loss in passed):
        return not passed & down
    return not part.call.inputs_require_grad and not (moved.losses & down) - passed


def _fail_on_label(term: Term, updates: Sequence[Moved]) -> None:
    """Most updates that show the term give it its label."""
    wanted = f"{term.kind} {'up' if term.label else 'down'}"
    shown = [m for m in updates if any(loss.startswith(f"{term.kind} ") for loss in m.losses)]
    wrong = [m for m in shown if wanted not in m.losses]
    if len(wrong) > MOST * len(shown):
        _fail_label(term, wrong, among=shown)


def _fail_label(term: Term, wrong: Sequence[Moved], among: Sequence[Moved]) -> None:
    """Where only some of the updates give it the wrong label, it may be flipped at random, and a second run decides."""
    fail(
        f"In the updates of D {said_against(term, [driver.part for moved in wrong for driver in moved.drivers])}.",
        "Check the label of each term of D's loss, also where a tensor of labels is used again.",
        mistake=term.flipped,
        near_threshold=len(wrong) < len(among),
    )


def _fail_on_missing(term: Term, seen: frozenset[str], terms: Sequence[Term]) -> None:
    if term.kind == "sample" and any(loss.split()[0] in ("old", "other") for loss in seen):
        fail(
            "The fakes that D learns from do not come from the G that is trained: when the weights of G are moved, "
            "they stay the same.",
            "Make the fakes of each step with `model.generator` as it is then.",
            mistake=term.missing,
        )
    if term.kind == "real" and any(loss.startswith("other") for loss in seen):
        fail(
            "What D is to take for real does not change with the images in `x_real`.",
            "Give D the images of `x_real`; its loss has a term for them.",
            mistake=term.missing,
        )
    both = "both" if len(terms) == 2 else "all"
    fail(
        f"No update of D came from {term.name}, but D has to tell {both} kinds apart.",
        f"Step D on {both} terms of its loss.",
        mistake=term.missing,
    )


def _fail_on_rescaled(step_runs: Sequence[StepRun], module: str) -> None:
    for run in step_runs:
        if not run.light and run.lr > 0:
            fail_on_rescaled_images("train_step", run.attribution, module)
