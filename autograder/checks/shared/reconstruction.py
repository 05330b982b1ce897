"""Parts of the hidden checks of the reconstruction error: is it the mean squared error of G(E(X)) and X, and what else?

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_losses.py` of an
assignment calls these for the loss of the autoencoder.
"""

from collections.abc import Sequence

from autograder.checks.outcome import cannot_judge, fail
from autograder.checks.shared.images import fail_on_rescaled_images
from autograder.checks.shared.losses import fail_unless_reached, fail_unless_scalar_with_graph
from autograder.checks.shared.observed import LossRun
from autograder.checks.shared.scale import fail_on_sum

ROOT_TOLERANCE = 0.01


def fail_unless_reconstruction_error(runs: Sequence[LossRun]) -> None:
    """The autoencoder's loss is the mean squared error, and reaches E and G."""
    fail_unless_scalar_with_graph(runs)
    for run in runs:
        fail_unless_reached(run, "generator")
        losses = {part.loss for part in run.parts("generator")}
        if "unknown" in losses or "error" not in losses:
            fail_on_other_reconstruction_loss(run)
        fail_unless_reached(run, "encoder")
        fail_on_rescaled_images("autoencoder_loss", run.attribution, "encoder")
    weights = [(run, sum(part.weight for part in run.parts("generator"))) for run in runs]
    fail_on_sum("autoencoder_loss", weights)
    _fail_on_root(weights)


def _fail_on_root(weights: list[tuple[LossRun, float]]) -> None:
    """The root of the mean squared error has the gradient of one with half the weight that its value shows."""
    shown = []
    for run, weight in weights:
        calls = [part.call for part in run.parts("generator") if part.loss == "error"]
        if not calls or calls[0].outputs.shape != run.x_real.shape or weight == 0:
            return  # G made other images in the same call: the value says nothing of the error alone
        error = float((calls[0].outputs.sigmoid() - run.x_real).square().mean())
        shown.append(run.data["loss"]["value"] / (weight * max(error, 1e-12)))
    if len({part.call.number for part in weights[0][0].parts("generator")}) == 1 and all(
        abs(ratio - 2) < ROOT_TOLERANCE for ratio in shown
    ):
        fail(
            "`autoencoder_loss` is the root of the mean squared error, expected the mean squared error itself, so "
            "that losses can be compared.",
            "Leave out the square root.",
            mistake="not-mean-squared-error",
        )


def fail_on_other_reconstruction_loss(run: LossRun) -> None:
    name, parts = f"{run.loss}_loss", run.parts("generator")
    if any(
        row.kind == "reconstruction" for part in run.parts("encoder") for row in run.attribution.rows[part.call.number]
    ):
        fail(
            f"`{name}` encodes the reconstruction again and compares codes, expected a comparison of images.",
            "Compare G(E(X)) with X.",
            mistake="wrong-reconstruction-target",
        )
    note = next((part.note for part in parts if part.note), "")
    if any(part.loss == "error up" for part in parts):
        fail(
            f"`{name}` is the smaller, the larger the reconstruction error is.",
            "Check its sign: the optimizer minimizes.",
            mistake="reconstruction-maximized",
        )
    if note == "wrong target":
        fail(
            f"`{name}` compares G(E(X)), or another image of G, with something else than the image X that was encoded.",
            "The target is `x_real` itself, in the same order and scale.",
            mistake="wrong-reconstruction-target",
        )
    if note == "second sigmoid":
        fail(
            f"In `{name}` a sigmoid is applied to G's output, which lies in [0, 1] already: reconstructions "
            "can then only lie between 0.5 and 0.73.",
            "Compare G(E(X)) with X as it is.",
            mistake="sigmoid-applied-twice",
        )
    if note:
        fail(
            f"`{name}` is the {note}, expected the mean squared error, so that losses can be compared.",
            "`torch.nn.functional.mse_loss` computes it.",
            mistake="not-mean-squared-error",
        )
    cannot_judge(f"The gradient of `{name}` is not that of a mean squared error between G(E(X)) and X.")
