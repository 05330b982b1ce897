"""The part of the hidden check of convergence that assignments share: weights are evaluated, no reported number.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the `test_convergence.py` of an
assignment calls it with what it measures and with its bounds. Weights that are within the bounds may have been written
down, so what shows that they were trained is looked at as well (`trained`).
"""

from collections.abc import Callable

from autograder.checks.bounds import Bound, crossed
from autograder.checks.outcome import fail
from autograder.checks.plugin import TraceFolder
from checks.gan.mistakes import Mistake
from checks.gan.origin import require_growth
from checks.gan.student_errors import experiment, fail_on_errors
from checks.gan.trained import fail_unless_trained
from coursekit.trace import Trace, named_tensor

SYMBOLS = {"d_of_samples": "D(G(z))", "d_of_real": "D(X)"}
Measure = Callable[[Trace, Trace], dict[str, float]]
Explanation = Callable[[Bound, tuple[Bound, ...], dict[str, float]], tuple[str, str]]


def share(value: float) -> str:
    """A number between 0 and 1, with as many digits as show that it is neither."""
    return f"{value:.2f}" if 0.01 <= value <= 0.99 else f"{value:.4f}"


def explain(bound: Bound, bounds: tuple[Bound, ...], values: dict[str, float]) -> tuple[str, str]:
    """What is wrong about the quantity of a crossed bound, and what to try."""
    value = values[bound.quantity]
    limits = {(other.quantity, other.side): other.limit for other in bounds}
    if bound.quantity == "error":
        return (
            f"the mean squared error of reconstructions is {value:.3f}, expected at most {bound.limit:.3f}.",
            "Check that the autoencoder's loss updates both E and G in every step.",
        )
    if bound.quantity in SYMBOLS:
        low, high = limits[bound.quantity, "low"], limits[bound.quantity, "high"]
        got, least, most = map(share, (value, low, high))
        return (
            f"{SYMBOLS[bound.quantity]} is {got} on average, expected between {least} and {most}: one of the two "
            "players has won, and the other learns nothing any more.",
            "Check that D and G are both updated, each by its own loss, and look at both loss curves.",
        )
    nearest, diversity = limits["nearest", "high"], limits["diversity", "low"]
    return (
        f"samples are {values['nearest']:.1f} away from the nearest real image (expected at most {nearest:.1f}) and "
        f"vary {values['diversity']:.2f} times as much as real images (expected at least {diversity:.2f}).",
        "Check that the adversarial loss updates G, with fresh z in every step.",
    )


def fail_unless_training_converges(
    trace: TraceFolder, bounds: tuple[Bound, ...], measure: Measure, explain: Explanation = explain
) -> None:
    """A short training run ends within the bounds.

    Args:
        trace: of the submission.
        bounds: what to compare with.
        measure: what the weights that come out are worth, by name of the quantity.
        explain: says what is wrong about the quantity of a crossed bound, and what to try.
    """
    ((name, probe),) = trace.probes("convergence").items()
    recorded = trace.recorded(name)
    fail_on_errors("train_step", [experiment(probe, probe.data["batch_size"], recorded.data["error"])])
    if not all(bool(named_tensor(recorded, w).isfinite().all()) for w in recorded.data["weights"].values()):
        fail(
            "After a short training run some weights are not finite numbers: training diverged.",
            "Look for the logarithm of 0, a division by 0, or steps that are far too large.",
            mistake=Mistake.TRAINING_DIVERGES,
        )
    values = measure(probe, recorded)
    outside = crossed(bounds, values)
    if outside:
        rationale, help = explain(outside[0], bounds, values)
        fail(
            f"After {probe.data['num_steps']} steps {rationale}",
            help,
            mistake=Mistake.TRAINING_DOES_NOT_CONVERGE,
            near_threshold=all(bound.near(values[bound.quantity]) for bound in outside),
        )
    fail_unless_trained(probe, recorded)
    require_growth(probe, recorded)
