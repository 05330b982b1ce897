"""Parts of the hidden checks of the reconstruction error: is it the mean squared error of G(E(X)) and X, and what else?

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_losses.py` of an
assignment calls these for the loss of the autoencoder.
"""

from collections.abc import Sequence

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.forms import fail_on_other_error
from checks.gan.images import fail_on_rescaled_images
from checks.gan.losses import (
    fail_unless_finite_for_one_image,
    fail_unless_reached,
    fail_unless_scalar_with_graph,
    is_finite,
)
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun
from checks.gan.scale import fail_on_sum
from checks.gan.usage import fail_on_unused_reconstructions

SAME_WEIGHT = 0.01  # relative; a weight that is read is exact to 1e-5
SAME_VALUE = 0.05  # relative


def fail_unless_reconstruction_error(runs: Sequence[LossRun], *, trains_generator: bool = True) -> None:
    """The autoencoder's loss is the mean squared error of all images, and reaches E and, if it should train it, G."""
    fail_unless_scalar_with_graph(runs)
    readable = [run for run in runs if is_finite(run)]
    for run in readable:
        if trains_generator:
            fail_unless_reached(run, "generator")
        losses = {part.loss for part in run.parts("generator")}
        if "unknown" in losses or "error" not in losses:
            fail_on_other_reconstruction_loss(run)
        if "features" in losses:
            cannot_judge(
                "`autoencoder_loss` is the mean squared error of the pixels, and beside it something that comes from "
                "D's hidden layers. The notebook neither asks for such a term nor rules it out; a person will look at "
                "it."
            )
        fail_unless_reached(run, "encoder")
        if any(part.loss == "unknown" for part in run.parts("encoder")):
            cannot_judge(
                "`autoencoder_loss` is the mean squared error and, beside it, something else that moves the encoder, "
                "such as a penalty on codes. The notebook neither asks for such a term nor rules it out; a person will "
                "look at it."
            )
        fail_on_rescaled_images("autoencoder_loss", run.attribution, "encoder")
        fail_on_unused_reconstructions(run, run.parts("generator"))
        fail_on_function_of_error(run)
    fail_on_sum("autoencoder_loss", [(run, error_weight(run)) for run in readable])
    fail_unless_finite_for_one_image(runs)


def error_weight(run: LossRun) -> float:
    """The weight of the mean squared error in a loss."""
    return sum(part.error.weight for part in run.parts("generator") if part.error)


def fail_on_function_of_error(run: LossRun) -> None:
    """The loss is a function of the mean squared error, such as its root or logarithm, and not the error itself."""
    changed = [part.error.changed for part in run.parts("generator") if part.loss == "error" and part.error]
    if any(abs(factor - 1) > SAME_WEIGHT for factor in changed):
        fail(
            f"`{run.loss}_loss` is a function of the mean squared error, such as its root, square or logarithm, "
            "expected the mean squared error itself: its gradient then has another size, which changes with the error.",
            "Return the mean of the squared differences as it is, perhaps times a number.",
            mistake=Mistake.NOT_MEAN_SQUARED_ERROR,
        )


def fail_on_other_reconstruction_loss(run: LossRun) -> None:
    name, parts = f"{run.loss}_loss", run.parts("generator")
    if any(
        row.kind == "reconstruction" for part in run.parts("encoder") for row in run.attribution.rows[part.call.number]
    ):
        fail(
            f"`{name}` encodes the reconstruction again and compares codes, expected a comparison of images.",
            "Compare G(E(X)) with X.",
            mistake=Mistake.WRONG_RECONSTRUCTION_TARGET,
        )
    if any(part.loss == "error up" for part in parts):
        fail(
            f"`{name}` is the smaller, the larger the reconstruction error is.",
            "Check its sign: the optimizer minimizes.",
            mistake=Mistake.RECONSTRUCTION_MAXIMIZED,
        )
    for part in parts:
        fail_on_other_error(f"`{name}`", part)
    if any(part.loss == "features" for part in parts) and not any(part.loss == "error" for part in parts):
        fail(
            f"`{name}` compares what D's hidden layers make of the images, and not their pixels.",
            "Compare G(E(X)) with X: `torch.nn.functional.mse_loss` does.",
            mistake=Mistake.NOT_MEAN_SQUARED_ERROR,
        )
    cannot_judge(f"The gradient of `{name}` is not that of a mean squared error between G(E(X)) and X.")
