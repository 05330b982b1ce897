"""What came out of a short training run, measured on held-out images: the quantities behind the check of convergence.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this reads the trained weights
from the trace, never a number that the submission reported. `autograder calibrate hw2` measures the same of known
solutions and derives the bounds.
"""

from typing import Any

import torch
from torch import Tensor

from autograder.checks.bounds import Quantity
from autograder.checks.hw2.probes import CONVERGENCE, CONVERGENCE_SIZES, WIDE_SIZES, convergence_probe, real_images
from course_utils.probe import build_model, repeat_pixels
from course_utils.trace import Trace

HELD_OUT = 1000
QUANTITIES = (
    Quantity("error", "mean squared error of reconstructions of held-out images", "log", ("high",)),
    Quantity("d_of_real", "mean score of D on held-out images", "logit", ("low", "high")),
    Quantity("d_of_samples", "mean score of D on samples", "logit", ("low", "high")),
    Quantity("nearest", "mean distance of a sample to its nearest real image", "log", ("high",)),
    Quantity("diversity", "mean distance between samples, relative to that between real images", "log", ("low",)),
)
# What the bounds hold for: they must be derived anew whenever this changes.
SETTINGS: dict[str, Any] = {"model": CONVERGENCE_SIZES, "wide_model": WIDE_SIZES, **CONVERGENCE}


def make_probe(seed: int) -> Trace:
    """The convergence probe of that seed."""
    return convergence_probe(torch.Generator().manual_seed(seed))


@torch.no_grad()
def measure(probe: Trace, trace: Trace) -> dict[str, float]:
    """Evaluate the trained weights of a convergence probe on `HELD_OUT` test images and as many samples.

    Returns:
        The `QUANTITIES` by name, for pixels in [0, 1]; distances are Euclidean, over 196 pixels.
    """
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
    return {
        "error": error,
        "d_of_real": float(d_of_real),
        "d_of_samples": float(d_of_samples),
        "nearest": float(torch.cdist(samples, x).amin(dim=1).mean()),
        "diversity": float(_mean_distance(samples) / _mean_distance(x)),
    }


def _halve(images: Tensor) -> Tensor:
    """Average the pixels of square images two by two: `(n, 4 * pixels)` to `(n, pixels)`."""
    side = round(images.shape[1] ** 0.5)
    return torch.nn.functional.avg_pool2d(images.reshape(-1, side, side), 2).flatten(1)


def _mean_distance(images: Tensor) -> Tensor:
    return torch.cdist(images[:500], images[500:]).mean()
