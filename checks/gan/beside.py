"""What else moves G or E in a training step, beside the losses that are to move them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the checks of a
training step. A loss that is to be there and is another one fails by its name. A term that is added to right losses,
such as feature matching or a penalty on samples, is neither asked for nor ruled out by the notebook: a person decides.
Each function ends the check if it finds what it is named for.
"""

from collections.abc import Iterator, Sequence

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.forms import fail_on_altered_codes, fail_on_other_error
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from checks.gan.updates import Moved, leave_later_to_a_person, leave_unexplained_to_a_person, mapped_first
from course_utils.gan.attribution.updates import Driver

OTHERS = ("unknown", "features")


def fail_on_discriminator_loss(updates: Sequence[Moved]) -> None:
    """G is moved by the loss that teaches D to catch it."""
    for moved in mapped_first(updates):
        down = moved.sure & {"sample down", "reconstruction down", "sample mixed"}
        if down and _came_from_discriminator_loss(moved):
            fail(
                f"{moved.share(down):.0%} of an update of G came from D's loss, which drives D(G(z)) towards 0: "
                "G is taught to be caught.",
                "Detach the samples in D's step, `model.generator(z).detach()`, or zero G's gradients before G's "
                "own backward pass.",
                mistake=Mistake.FAKES_NOT_DETACHED,
            )


def _came_from_discriminator_loss(moved: Moved) -> bool:
    """Whether one of the backward passes behind the update also drove D's scores of real images."""
    attribution = moved.run.attribution
    for driver in moved.drivers:
        if driver.part.loss.endswith(("down", "mixed")):
            parts = attribution.of("discriminator", driver.part.backward)
            if any(part.loss.startswith("real") for part in parts):
                return True
            if any(
                part.loss == "sample up" and part.call.step == moved.movement.update.step
                for backward in moved.run.evidence.backward_times()
                for part in attribution.of("generator", backward)
            ):  # the generator's own loss of this step is another one
                return True
    return False


def fail_on_other_reconstruction(updates: Sequence[Moved], seen: frozenset[str]) -> None:
    """What draws images of G to others is the squared error, or, at its samples, stands beside losses that are there.

    Args:
        updates: of one module.
        seen: all losses that had a share in them.
    """
    what = f"The loss that moves the {updates[0].movement.module} in `train_step`"
    if any(_is_of_altered_codes(moved, driver) for moved, driver in _others(updates)):
        fail_on_altered_codes(what)
    for moved, driver in _others(updates):
        part = driver.part
        if part.error is None or (_is_of_samples(moved, driver) and not _stands_for_an_error(driver, seen)):
            continue
        fail_on_other_error(what, part)
    if "error up" in seen:
        fail(
            "The reconstruction error is made larger instead of smaller.",
            "Check the sign of the autoencoder's loss: the optimizer minimizes.",
            mistake=Mistake.RECONSTRUCTION_MAXIMIZED,
        )
    compared = [d for m, d in _others(updates) if d.part.loss == "features" and not _is_of_samples(m, d)]
    if compared and "error" not in seen:
        fail(
            f"The loss that moves the {updates[0].movement.module} in `train_step` compares what D's hidden layers "
            "make of the images, and not their pixels: there is no mean squared error between G(E(X)) and X.",
            "`torch.nn.functional.mse_loss` computes it.",
            mistake=Mistake.NOT_MEAN_SQUARED_ERROR,
        )


def fail_on_other_than_adversarial(updates: Sequence[Moved], seen: frozenset[str]) -> None:
    """What moves G at its samples is something else than the adversarial loss, and not beside it."""
    if "sample up" in seen:
        return
    for moved, driver in _others(updates):
        known = driver.part.loss == "features" or (driver.part.error and driver.part.error.form == "other target")
        if known and _is_of_samples(moved, driver):
            what = "what D's hidden layers make of them" if driver.part.loss == "features" else "other images"
            fail(
                f"G's samples are compared with {what}, and that alone moves G there: no update of G follows D's "
                "scores of its samples.",
                "G's loss is the binary cross-entropy that is low when D takes its samples for real.",
                mistake=Mistake.GENERATOR_NOT_TRAINED_BY_ITS_LOSS,
            )


def leave_missing_to_a_person(
    step_runs: Sequence[StepRun], updates: Sequence[Moved], seen: frozenset[str], *wanted: str
) -> None:
    """Where a loss is missing, what is not recognized, or what begins later, may be that one."""
    if seen >= {*wanted}:
        return
    module = updates[0].movement.module
    if "unknown" in seen:
        leave_others_to_a_person(updates)
    leave_unexplained_to_a_person(step_runs, module)
    arrivals = [arrival for run in step_runs if not run.light for arrival in run.evidence.arrivals]
    calls = [arrival.call for arrival in arrivals if bool(arrival.gradient.any())]
    if "sample up" in wanted and not any(c.module == "discriminator" and c.inputs_require_grad for c in calls):
        leave_later_to_a_person(step_runs, f"the {module} is not moved by its adversarial loss", module, "game")
    if "error" not in seen and not any(call.module == "encoder" for call in calls):
        leave_later_to_a_person(step_runs, f"the {module} is not moved by the reconstruction error", module, "encoder")


def leave_others_to_a_person(updates: Sequence[Moved]) -> None:
    """What stands beside losses that are right."""
    for moved, driver in _others(updates):
        name = moved.movement.module
        share = f"{driver.share:.0%}" if driver.share >= 0.005 else "less than 1%"
        if driver.part.loss == "features":
            where = "comes from D's hidden layers, and not from D's scores, as feature matching does"
        elif _is_of_samples(moved, driver):
            where = "is a function of G's samples themselves, and not of D's scores, as a penalty on samples is"
        else:
            cannot_judge(
                f"{share[0].upper()}{share[1:]} of an update of the {name} follows a loss that is not recognized, such "
                "as a penalty on codes; a person will look at it."
            )
        cannot_judge(
            f"The losses of the homework move the {name}, and beside them something else does: {share} of an update "
            f"{where}. The notebook neither asks for such a term nor rules it out; a person will look at it."
        )


def _others(updates: Sequence[Moved]) -> Iterator[tuple[Moved, Driver]]:
    return ((moved, driver) for moved in updates for driver in moved.drivers if driver.part.loss in OTHERS)


def _is_of_samples(moved: Moved, driver: Driver) -> bool:
    """Whether it acts on images that G makes of noise alone."""
    part = driver.part
    if part.call.module != "generator":
        return False
    rows = moved.run.attribution.rows[part.call.number]
    return all(row.kind == "noise" for row, own in zip(rows, part.gradient, strict=True) if bool(own.any()))


def _is_of_altered_codes(moved: Moved, driver: Driver) -> bool:
    """Whether its backward pass, which may have gone on to E, came through images that G made of altered codes."""
    of_g = moved.run.attribution.of("generator", driver.part.backward)
    return any(part.error is not None and part.error.form == "altered code" for part in of_g)


def _stands_for_an_error(driver: Driver, seen: frozenset[str]) -> bool:
    """Whether what draws samples to other images is meant as the reconstruction error."""
    drawn = driver.part.error is not None and driver.part.error.form == "other target"
    return drawn and "error" not in seen
