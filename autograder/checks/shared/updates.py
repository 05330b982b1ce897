"""Parts of the hidden checks of a training step: each module learns from its own losses and from nothing else.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_train_step.py` of an
assignment puts its checks together from these. Each function ends the check if it finds something wrong.
"""

from collections.abc import Sequence

from autograder.checks.outcome import cannot_judge, fail, not_checked
from autograder.checks.shared.behavior import (
    fail_on_bad_noise,
    fail_on_changed_batch,
    fail_on_changes_outside_steps,
    fail_on_learning_rate,
    fail_on_other_optimizers,
    fail_on_returned_values,
    fail_on_wrong_noise_shape,
)
from autograder.checks.shared.errors import fail_on_errors
from autograder.checks.shared.images import fail_on_rescaled_images
from autograder.checks.shared.losses import Term
from autograder.checks.shared.observed import StepRun
from autograder.checks.shared.stale import fail_on_stale_losses
from course_utils.attribution.parts import Part
from course_utils.attribution.scores import MIN_ROWS, MIN_ROWS_FOR_CURVE
from course_utils.attribution.updates import Movement

MAX_PAUSE = 5  # a module may be updated in every fifth step only
MIN_SHARE = 1e-3  # a loss with a smaller share of an update is rounding
# A right design is rarely misread, and then in one update or two: two images that noise made alike, or random labels
# that fit no line. What is wrong with a loss shows in every update.
MAX_UNCLEAR = 0.25  # the share of updates that may not be explained, or follow a loss that is not recognized
IMAGES = {"real": "real images X", "sample": "samples G(z)", "wrong": "real images with wrong labels"}


def fail_unless_well_behaved(step_runs: tuple[StepRun, ...]) -> None:
    """A step runs, draws fresh noise, leaves what it was given alone and returns its three losses."""
    fail_on_wrong_noise_shape(step_runs)
    fail_on_errors("train_step", [run.experiment for run in step_runs])
    fail_on_returned_values(step_runs)
    observed = [run for run in step_runs if not run.light]
    fail_on_changed_batch(observed)
    fail_on_other_optimizers(observed)
    fail_on_learning_rate(observed)
    fail_on_changes_outside_steps(observed)
    fail_on_bad_noise(observed)
    fail_on_stale_losses(observed)


def fail_unless_discriminator_learns(step_runs: tuple[StepRun, ...], terms: Sequence[Term]) -> None:
    """What moves D is its own loss, with all of these terms."""
    movements = explained_movements(step_runs, "discriminator")
    _fail_on_leftovers(movements)
    swapped = [m for m in movements if losses_behind(m) & {"real down"} and losses_behind(m) & {"sample up"}]
    if len(swapped) > len(movements) / 2:
        fail(
            "The updates of D drive D(X) towards 0 and D(G(z)) towards 1: the labels are swapped, or the sign is.",
            "Real images have the label 1, samples the label 0, and the optimizer minimizes.",
            mistake="labels-swapped",
        )
    for m in movements:
        foreign = losses_behind(m, MIN_ROWS) & {"sample up", "reconstruction up", "stray up"}
        if foreign and m not in swapped:
            share = _share(m, foreign)
            fail(
                f"{share:.0%} of an update of D came from the generator's loss, which drives D(G(z)) towards 1: "
                "D helps to be fooled.",
                "Zero D's gradients right before the backward pass of D's loss, or let only D's own parameters be "
                "updated by that loss.",
                mistake="discriminator-moved-by-generator-loss",
            )
    _fail_on_other_forms(movements)
    seen = frozenset().union(*(losses_behind(m) for m in movements))
    for term in terms:
        if not any(loss.startswith(term.kind) for loss in seen):
            fail(
                f"No update of D came from {IMAGES[term.kind]}, but D has to tell real images from samples.",
                f"Step D on {'both' if len(terms) == 2 else 'all'} terms of its loss.",
                mistake=term.missing,
            )
    _fail_on_rescaled(step_runs, "discriminator")
    _leave_unexplained_to_a_person(step_runs, "discriminator")


def fail_unless_generator_learns(step_runs: tuple[StepRun, ...]) -> None:
    """What moves G is its adversarial loss and the reconstruction error."""
    movements = explained_movements(step_runs, "generator")
    _fail_on_leftovers(movements)
    seen = frozenset().union(*(losses_behind(m) for m in movements))
    for m in movements:
        down = losses_behind(m, MIN_ROWS) & {"sample down", "reconstruction down"}
        if down and _came_from_discriminator_loss(m, step_runs):
            fail(
                f"{_share(m, down):.0%} of an update of G came from D's loss, which drives D(G(z)) towards 0: "
                "G is taught to be caught.",
                "Detach the samples in D's step, `model.generator(z).detach()`, or zero G's gradients before G's "
                "own backward pass.",
                mistake="fakes-not-detached",
            )
    if any("sample down" in losses_behind(m, MIN_ROWS) for m in movements):
        fail(
            "The updates of G drive D(G(z)) towards 0, expected towards 1: G is taught to be caught.",
            "The generator wants its samples to be taken for real: label 1, or minimize log(1 - D(G(z))).",
            mistake="generator-trained-towards-fake",
        )
    _fail_on_reconstruction(movements)
    if "sample up" not in seen:
        fail(
            "G was updated, but never by its adversarial loss: nothing makes its samples look real.",
            "Check that the optimizer that steps after the generator's loss holds `model.generator.parameters()`.",
            mistake="generator-not-trained-by-its-loss",
        )
    if "error" not in seen:
        fail(
            "G was updated, but never by the reconstruction error: as a decoder it stays untrained.",
            "Step on the autoencoder's loss with an optimizer that holds the parameters of both E and G.",
            mistake="generator-not-trained-by-reconstruction",
        )
    _leave_unexplained_to_a_person(step_runs, "generator")


def fail_unless_encoder_learns(step_runs: tuple[StepRun, ...]) -> None:
    """What moves E is the reconstruction error."""
    movements = explained_movements(step_runs, "encoder")
    _fail_on_leftovers(movements)
    _fail_on_reconstruction(movements)
    seen = frozenset().union(*(losses_behind(m) for m in movements))
    if any("reconstruction down" in losses_behind(m, MIN_ROWS) for m in movements):
        fail(
            "An update of E came from D's loss, which drives D's scores of reconstructions towards 0.",
            "Detach the reconstructions in D's step.",
            mistake="fakes-not-detached",
        )
    if "error" not in seen:
        fail(
            "E was updated, but never by the reconstruction error.",
            "Step the optimizer that holds `model.encoder.parameters()` after the autoencoder's backward pass.",
            mistake="encoder-never-updated",
        )
    _fail_on_rescaled(step_runs, "encoder")
    _leave_unexplained_to_a_person(step_runs, "encoder")


def losses_behind(movement: Movement, least_rows: int = 1) -> frozenset[str]:
    """The losses behind a movement; an optimizer that maximizes turns their direction round.

    Args:
        least_rows: leaves out losses of fewer images. A smoothed or noisy label of a few images may lie on the other
            side of D's scores, so that the direction says little.
    """
    turn = {"up": "down", "down": "up"}
    losses = set()
    for driver in movement.drivers or ():
        head, _, direction = driver.part.loss.rpartition(" ")
        if driver.share > MIN_SHARE and _rows(driver.part) >= least_rows:
            turned = f"{head} {turn[direction]}" if movement.maximize and direction in turn else driver.part.loss
            losses.add(turned)
    return frozenset(losses)


def _fail_on_other_forms(movements: Sequence[Movement]) -> None:
    """D's loss is a binary cross-entropy: on many images wherever it is seen, on few, which tell less, mostly."""
    of_many: list[str] = []
    of_few: list[str] = []
    for driver in (driver for m in movements if not m.maximize for driver in m.drivers or ()):
        reading = driver.part.reading
        if reading and reading.form != "unknown" and driver.share > MIN_SHARE:
            (of_many if _rows(driver.part) >= MIN_ROWS_FOR_CURVE else of_few).append(reading.form)
    others = [form for form in of_many if form != "bce"]
    others_of_few = [form for form in of_few if form != "bce"]
    if len(others_of_few) > MAX_UNCLEAR * len(of_few):
        others += others_of_few
    if others:
        fail(
            "The gradient that moves D is not that of a binary cross-entropy of D's scores.",
            "Compare the loss with the formula in the notebook.",
            mistake="sigmoid-applied-twice" if "double sigmoid" in others else "not-binary-cross-entropy",
        )


def _rows(part: Part) -> int:
    """Of how many images the part is."""
    return int((part.gradient != 0).any(dim=1).sum())


def _share(movement: Movement, losses: frozenset[str]) -> float:
    return sum(driver.share for driver in movement.drivers or () if driver.part.loss in losses)


def explained_movements(step_runs: Sequence[StepRun], module: str) -> list[Movement]:
    """The explained updates of a module; ends the check if there is nothing to look at."""
    if any(run.error() for run in step_runs if not run.light):
        not_checked("The training step has to run without an error first.")
    runs = _runs_that_move(step_runs)
    movements = [m for run in runs for m in run.movements if m.module == module]
    longest = max(runs, key=lambda run: len(run.batches))
    late = [m for m in longest.movements if m.module == module and m.update.step >= len(longest.batches) - MAX_PAUSE]
    if not movements or not late:
        _fail_never_updated(runs, module)
    explained = [m for m in movements if m.drivers is not None]
    if not explained:
        cannot_judge(f"It cannot be told which loss moved the {module}: {movements[0].why_not}.")
    return explained


def _runs_that_move(step_runs: Sequence[StepRun]) -> list[StepRun]:
    return [run for run in step_runs if not run.light and run.lr > 0]


def _fail_on_rescaled(step_runs: Sequence[StepRun], module: str) -> None:
    for run in _runs_that_move(step_runs):
        fail_on_rescaled_images("train_step", run.attribution, module)


def _leave_unexplained_to_a_person(step_runs: Sequence[StepRun], module: str) -> None:
    """What was seen is right; too much that was not seen may be anything."""
    movements = [m for run in _runs_that_move(step_runs) for m in run.movements if m.module == module]
    unexplained = [m for m in movements if m.drivers is None]
    if len(unexplained) > MAX_UNCLEAR * len(movements):
        cannot_judge(
            f"It cannot be told which loss moved the {module} in {len(unexplained)} of {len(movements)} updates: "
            f"{unexplained[0].why_not}."
        )


def _fail_never_updated(runs: Sequence[StepRun], module: str) -> None:
    updated = any(m.module == module for run in runs for m in run.movements)
    changed = any(bool((run.evidence.weights[0][module] != run.evidence.weights[-1][module]).any()) for run in runs)
    if changed and not updated:
        cannot_judge(f"The weights of the {module} changed, but not in a step of an optimizer that was configured.")
    steps = sum(len(run.batches) for run in runs)
    _fail_on_early_zeroing(runs, module)
    if not any(call.own for run in runs for call in run.evidence.calls if call.module == module):
        fail(
            f"The {module} of the `model` that `train_step` was given was never called: another one was trained.",
            "Use the argument `model`, no copy of it and no model from another cell.",
            mistake="given-model-not-trained",
        )
    fail(
        f"The {module} was not updated by a gradient any more after the first few of {steps} training steps."
        if updated
        else f"The {module} was never updated by a gradient in {steps} training steps: it stays as it was initialized.",
        f"After the backward pass of its loss, step the optimizer that holds `model.{module}.parameters()`.",
        mistake=f"{module}-never-updated",
    )


def _fail_on_early_zeroing(runs: Sequence[StepRun], module: str) -> None:
    for run in runs:
        reached = any(name == module for name, _ in run.evidence.accumulations)
        stepped = [u.applied[module] for u in run.evidence.updates if module in u.applied]
        if reached and stepped and not any(bool(applied.gradient.any()) for applied in stepped):
            fail(
                f"The gradients of the {module} were all zero when its optimizer stepped, though a backward pass had "
                "filled them: the step applied nothing.",
                "The order is `zero_grad()`, `backward()`, `step()`.",
                mistake="gradients-zeroed-before-the-step",
            )


def _fail_on_leftovers(movements: Sequence[Movement]) -> None:
    for m in movements:
        leftover = sum(driver.share for driver in m.drivers or () if driver.leftover)
        if leftover > MIN_SHARE:
            fail(
                f"{leftover:.0%} of an update of the {m.module} was left over from backward passes before its previous "
                "update: gradients add up until they are zeroed.",
                "Call `zero_grad()` before each backward pass whose gradients you want to apply.",
                mistake="gradients-not-zeroed",
            )


def _came_from_discriminator_loss(movement: Movement, step_runs: Sequence[StepRun]) -> bool:
    """Whether one of the backward passes behind the movement also drove D's scores of real images."""
    for run in step_runs:
        if run.light or movement not in run.movements:
            continue
        for driver in movement.drivers or ():
            if driver.part.loss.endswith("down"):
                parts = run.attribution.of("discriminator", driver.part.backward)
                if any(part.loss.startswith("real") for part in parts):
                    return True
                towards_1 = any(
                    part.loss == "sample up"
                    for b in run.evidence.backward_times()
                    for part in run.attribution.of("generator", b)
                )
                if towards_1:  # the generator's own loss is another one
                    return True
    return False


def _fail_on_reconstruction(movements: Sequence[Movement]) -> None:
    unclear = [m for m in movements if any(d.part.loss == "unknown" and d.share > MIN_SHARE for d in m.drivers or ())]
    if len(unclear) == 1 and len(unclear) <= MAX_UNCLEAR * len(movements):
        unclear = []  # one update that was misread
    for m in unclear:
        for driver in m.drivers or ():
            if driver.part.loss != "unknown" or driver.share <= MIN_SHARE:
                continue
            if driver.part.note == "wrong target":
                fail(
                    f"An update of the {m.module} draws G(E(X)) towards something else than the image X that was "
                    "encoded.",
                    "The target is `x_real` itself, in the same order and scale.",
                    mistake="wrong-reconstruction-target",
                )
            if driver.part.note:
                fail(
                    f"The reconstruction error that moves the {m.module} is the {driver.part.note}, expected the mean "
                    "squared error.",
                    "`torch.nn.functional.mse_loss` computes it.",
                    mistake="not-mean-squared-error",
                )
            if len(unclear) > MAX_UNCLEAR * len(movements):
                cannot_judge(
                    f"{driver.share:.0%} of an update of the {m.module} follows a loss that is not recognized."
                )
    if any("error up" in losses_behind(m) for m in movements):
        fail(
            "The reconstruction error is made larger instead of smaller.",
            "Check the sign of the autoencoder's loss: the optimizer minimizes.",
            mistake="reconstruction-maximized",
        )
