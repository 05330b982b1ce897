"""Hidden check that training converges: the weights that come out of a short run are evaluated, no reported number.

The thresholds are for the run that `probes.CONVERGENCE` fixes: 1,000 steps of a small model on images of 14 x 14
pixels. In 136 runs of right solutions the held-out error was between 0.017 and 0.075 and no bound was crossed.
"""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from autograder.checks.hw2.observed import fail_on_errors
from autograder.checks.hw2.probes import real_images
from autograder.checks.outcome import fail
from autograder.checks.plugin import TraceFolder
from course_utils.probe import build_model, repeat_pixels
from course_utils.trace import Trace, named_tensor

CELL = "check_convergence"
MAX_ERROR = 0.13  # mean squared error on held-out images; black images give 0.095 at this size
D_OF_SAMPLES = (0.03, 0.74)
D_OF_REAL = (0.2, 0.95)
MAX_NEAREST = 4.5  # mean Euclidean distance of a sample to its nearest real image
MIN_DIVERSITY = 0.2  # mean distance between samples, relative to that between real images
HELD_OUT = 1000


@dataclass(frozen=True)
class Quality:
    """What came out of training, on held-out images, pixels in [0, 1]."""

    error: float
    d_of_real: float
    d_of_samples: float
    nearest: float
    diversity: float


@torch.no_grad()
def measure(probe: Trace, trace: Trace) -> Quality:
    """Evaluate the trained weights of a convergence probe on `HELD_OUT` test images and as many samples."""
    wide = bool(trace.data.get("wide"))
    sizes = probe.data["wide_model" if wide else "model"]
    model = build_model(Trace({"model": sizes, "weights": trace.data["weights"]}, trace.tensors))
    random = torch.Generator().manual_seed(probe.data["seed"] + 1)
    small = real_images(HELD_OUT, probe.data["model"]["input_size"], random, train=False)
    x = repeat_pixels(small) if wide else small
    samples = model.generator(torch.randn(HELD_OUT, model.latent_size, generator=random))
    error = float((model.generator(model.encoder(x)) - x).square().mean())
    d_of_real, d_of_samples = model.discriminator(x).mean(), model.discriminator(samples).mean()
    if wide:  # distances are measured on the small images
        x, samples = small, _halve(samples)
    return Quality(
        error=error,
        d_of_real=float(d_of_real),
        d_of_samples=float(d_of_samples),
        nearest=float(torch.cdist(samples, x).amin(dim=1).mean()),
        diversity=float(_mean_distance(samples) / _mean_distance(x)),
    )


def _halve(images: Tensor) -> Tensor:
    """Average the pixels of square images two by two: `(n, 4 * pixels)` to `(n, pixels)`."""
    side = round(images.shape[1] ** 0.5)
    return torch.nn.functional.avg_pool2d(images.reshape(-1, side, side), 2).flatten(1)


def _mean_distance(images: Tensor) -> Tensor:
    return torch.cdist(images[:500], images[500:]).mean()


@pytest.mark.check(cell=CELL, points=1)
def test_training_converges(trace: TraceFolder) -> None:
    """A short training run learns to reconstruct and to generate, with neither G nor D winning for good."""
    ((name, probe),) = trace.probes("convergence").items()
    recorded = trace.recorded(name)
    fail_on_errors("train_step", {"convergence-homework": recorded.data["error"]})
    if not all(bool(named_tensor(recorded, w).isfinite().all()) for w in recorded.data["weights"].values()):
        fail(
            "After a short training run some weights are not finite numbers: training diverged.",
            "Look for the logarithm of 0, a division by 0, or steps that are far too large.",
            mistake="training-diverges",
        )
    quality = measure(probe, recorded)
    steps = probe.data["num_steps"]
    if quality.error >= MAX_ERROR:
        _fail(
            f"After {steps} steps the mean squared error of reconstructions is {quality.error:.3f}, "
            f"expected less than {MAX_ERROR}.",
            "Check that the autoencoder's loss updates both E and G in every step.",
        )
    for symbol, value, (low, high) in (
        ("D(G(z))", quality.d_of_samples, D_OF_SAMPLES),
        ("D(X)", quality.d_of_real, D_OF_REAL),
    ):
        if not low <= value <= high:
            _fail(
                f"After {steps} steps {symbol} is {value:.2f} on average, expected between {low} and {high}: one of "
                "the two players has won, and the other learns nothing any more.",
                "Check that D and G are both updated, each by its own loss, and look at both loss curves.",
            )
    if quality.nearest >= MAX_NEAREST or quality.diversity <= MIN_DIVERSITY:
        _fail(
            f"After {steps} steps samples are {quality.nearest:.1f} away from the nearest real image (expected less "
            f"than {MAX_NEAREST}) and vary {quality.diversity:.2f} times as much as real images (expected more than "
            f"{MIN_DIVERSITY}).",
            "Check that the adversarial loss updates G, with fresh z in every step.",
        )


def _fail(rationale: str, help: str) -> None:
    fail(rationale, help, mistake="training-does-not-converge")
