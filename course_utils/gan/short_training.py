"""The probe of convergence: a small model is trained with a student's functions.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this leaves weights in the trace,
the losses that were returned on the way, and how far the optimizers moved the weights.
"""

from contextlib import nullcontext
from pathlib import Path

import torch

from course_utils.conditional import AnyModel
from course_utils.gan.described import Functions, describe, errors_in
from course_utils.gan.movement import optimizers_in, watch
from course_utils.gan.probe_model import build_model, flat_weights, keep_apart
from coursekit.returned import with_text_keys
from coursekit.trace import Trace, named_tensor

WATCHED = 5  # steps of a training run, from each one that is logged on: a module may be updated in every fifth only


def train_shortly(probe: Trace, functions: Functions, folder: Path) -> None:
    """Train a small model for a fixed number of steps; what counts is the weights that come out of it.

    Code that is written for the homework's 784 pixels fails on the small images of the probe; it is then tried on the
    same images with each pixel repeated.
    """
    images = named_tensor(probe, probe.data["images"])  # (n, input_size) uint8
    trace = _train(probe, build_model(probe), images, functions)
    if trace.data["error"] and "wide_model" in probe.data:
        torch.manual_seed(probe.data["seed"])
        trace = _train(probe, build_model(wide_probe(probe)), repeat_pixels(images), functions)
        trace.data["wide"] = True
    trace.write(folder)


def wide_probe(probe: Trace) -> Trace:
    """The convergence probe with its wide model, of four times as many pixels, in place of its model."""
    data = {**probe.data, "model": probe.data["wide_model"], "weights": probe.data["wide_weights"]}
    return Trace(data, probe.tensors)


def repeat_pixels(images: torch.Tensor) -> torch.Tensor:
    """Square images `(n, side * side)` with each pixel twice in both directions: `(n, 4 * side * side)`."""
    side = round(images.shape[1] ** 0.5)
    square = images.reshape(-1, side, side)
    return square.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2).flatten(1)


def _train(probe: Trace, model: AnyModel, images: torch.Tensor, functions: Functions) -> Trace:
    batch_size, num_steps = probe.data["batch_size"], probe.data["num_steps"]
    labels = [named_tensor(probe, probe.data["labels"])] if "labels" in probe.data else []  # int64 (n,)
    order = torch.Generator().manual_seed(probe.data["seed"])
    trace = Trace({"losses": [], "ways": []})
    with errors_in(trace.data):
        optimizers = functions["configure_optimizers"](model, probe.data["lr"])
        keep_apart(model, optimizers)
        configured = optimizers_in(optimizers)
        steps_per_epoch = len(images) // batch_size
        for step in range(num_steps):
            if step % steps_per_epoch == 0:
                rows = torch.randperm(len(images), generator=order).split(batch_size)
            chosen = rows[step % steps_per_epoch]
            x_real = images[chosen].float() / 255
            watching = watch(model, configured) if step % probe.data["log_every"] < WATCHED else nullcontext()
            with watching as way:
                losses = functions["train_step"](model, x_real, *(h[chosen] for h in labels), optimizers)
            if way is not None:
                trace.data["ways"].append({"step": step, **way})
            if step % probe.data["log_every"] == 0 or step == num_steps - 1:
                named = with_text_keys(losses)
                trace.data["losses"].append({key: describe(value).get("value") for key, value in named.items()})
    trace.data["weights"] = flat_weights(model, trace)
    return trace
