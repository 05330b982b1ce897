"""What came out of a short training run, measured on held-out images: the quantities behind the check of convergence.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this reads the trained weights
from the trace, never a number that the submission reported. The `quality.py` of an assignment says what it measures;
`autograder calibrate` measures the same of known solutions and derives the bounds.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from autograder.checks.bounds import Quantity
from course_utils.conditional import AnyModel, ConditionalModel
from course_utils.gan.probe import run_probe
from course_utils.gan.probe_model import build_model
from course_utils.gan.short_training import repeat_pixels
from course_utils.gan.spread import real_digits
from coursekit.trace import Trace, named_tensor, read_trace

HELD_OUT = 1000
QUANTITIES = (
    Quantity("error", "mean squared error of reconstructions of held-out images", "log", ("high",)),
    Quantity("d_of_real", "mean score of D on held-out images", "logit", ("low", "high")),
    Quantity("d_of_samples", "mean score of D on samples", "logit", ("low", "high")),
    Quantity("nearest", "mean distance of a sample to its nearest real image", "log", ("high",)),
    Quantity("diversity", "mean distance between samples, relative to that between real images", "log", ("low",)),
)


def trained_model(probe: Trace, trace: Trace) -> AnyModel:
    """The model that was trained, on the images of the probe or on wide ones; float32, whatever type it was in."""
    sizes = probe.data["wide_model" if trace.data.get("wide") else "model"]
    weights = {module: named_tensor(trace, reference).float() for module, reference in trace.data["weights"].items()}
    return build_model(Trace({"model": sizes, "weights": {module: module for module in weights}}, weights))


def untrained_model(probe: Trace, trace: Trace) -> AnyModel:
    """The same model as it was before training."""
    wide = bool(trace.data.get("wide"))
    sizes, weights = (probe.data[f"wide_{what}" if wide else what] for what in ("model", "weights"))
    return build_model(Trace({"model": sizes, "weights": weights}, probe.tensors))


def measure_training(
    probe: Trace, solution: ModuleType, measure: Callable[[Trace, Trace], dict[str, float]]
) -> dict[str, float] | None:
    """What a solution's training is worth, by what an assignment measures; None if it raised."""
    with tempfile.TemporaryDirectory(prefix="calibration-") as folder:
        functions = {name: getattr(solution, name) for name in ("configure_optimizers", "train_step")}
        run_probe(probe, functions, Path(folder) / "trace")
        trace = read_trace(Path(folder) / "trace")
    torch.set_default_dtype(torch.float32)  # a solution may have set another; this is the one of whoever judges
    return measure(probe, trace) if trace.data["error"] is None else None


@torch.no_grad()
def likeness(probe: Trace, trace: Trace) -> float:
    """How much reconstructions of held-out images have to do with their images: the correlation of what differs from
    image to image, 0 where all reconstructions are the same."""
    model, x, h = trained_model(probe, trace), *_held_out(probe, trace)
    made = model.generator(model.encoder(x, *h), *h)
    made, x = made - made.mean(dim=0), x - x.mean(dim=0)
    return float((made * x).sum() / (made.norm() * x.norm()).clamp(min=1e-30))


def _held_out(probe: Trace, trace: Trace) -> tuple[Tensor, tuple[Tensor, ...]]:
    """`HELD_OUT` test images, of the size that was trained on, and, for a conditional model, their labels."""
    random = torch.Generator().manual_seed(probe.data["seed"] + 1)
    images, labels = real_digits(HELD_OUT, probe.data["model"]["input_size"], random, train=False)
    x = repeat_pixels(images) if trace.data.get("wide") else images
    return x, (labels,) if "number_of_classes" in probe.data["model"] else ()


@torch.no_grad()
def measure(probe: Trace, trace: Trace) -> dict[str, float]:
    """Evaluate the trained weights of a convergence probe on `HELD_OUT` test images and as many samples.

    Returns:
        The `QUANTITIES` by name, for pixels in [0, 1]; distances are Euclidean, over 196 pixels. A conditional model
        gets the labels of the test images, for its samples as well.
    """
    is_wide = bool(trace.data.get("wide"))
    model = trained_model(probe, trace)
    random = torch.Generator().manual_seed(probe.data["seed"] + 1)
    small, labels = real_digits(HELD_OUT, probe.data["model"]["input_size"], random, train=False)
    h = (labels,) if isinstance(model, ConditionalModel) else ()
    x = repeat_pixels(small) if is_wide else small
    samples = model.generator(torch.randn(HELD_OUT, model.latent_size, generator=random), *h)
    error = float((model.generator(model.encoder(x, *h), *h) - x).square().mean())
    d_of_real, d_of_samples = model.discriminator(x, *h).mean(), model.discriminator(samples, *h).mean()
    if is_wide:  # distances are measured on the small images
        x, samples = small, halve(samples)
    return {
        "error": error,
        "d_of_real": float(d_of_real),
        "d_of_samples": float(d_of_samples),
        "nearest": float(torch.cdist(samples, x).amin(dim=1).mean()),
        "diversity": float(_mean_distance(samples) / _mean_distance(x)),
    }


def halve(images: Tensor) -> Tensor:
    """Average the pixels of square images two by two: `(n, 4 * pixels)` to `(n, pixels)`."""
    side = round(images.shape[1] ** 0.5)
    return torch.nn.functional.avg_pool2d(images.reshape(-1, side, side), 2).flatten(1)


def _mean_distance(images: Tensor) -> Tensor:
    return torch.cdist(images[:500], images[500:]).mean()
