"""The probes of homework 2: which models, data and seeds a submission is asked to work on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these go into the sandbox's
inbox. They hold questions only, no answers: sizes, weights and data that the student cannot know in advance.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from course_utils.data import mnist_images
from course_utils.models import Model
from course_utils.probe import flat_weights
from course_utils.trace import Trace

HOMEWORK_SIZES: dict[str, Any] = {
    "number_of_hidden_layers": 2,
    "input_size": 784,
    "hidden_size": 256,
    "latent_size": 64,
}
LOSS_SIZES: dict[str, tuple[int, dict[str, Any]]] = {
    # name: (batch, sizes); the batch sizes differ, so that a sum can be told from a mean
    "losses-16": (16, {"number_of_hidden_layers": 2, "input_size": 784, "hidden_size": 12, "latent_size": 5}),
    "losses-7": (7, {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 9, "latent_size": 3}),
    "losses-1": (1, {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 10, "latent_size": 4}),
}
STEP_SIZES: dict[str, tuple[int, int, dict[str, Any]]] = {
    # name: (batch, steps, sizes)
    "train_step-16": (
        16,
        8,
        {"number_of_hidden_layers": 2, "input_size": 784, "hidden_size": 12, "latent_size": 5},
    ),
    "train_step-7": (
        7,
        4,
        {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 9, "latent_size": 3},
    ),
    "train_step-1": (
        1,
        3,
        {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 10, "latent_size": 4},
    ),
}
# Labels can be read from gradients only while D's scores spread, so D's logits are calibrated, and the steps of the
# probe are too small to saturate D.
LOGIT_STD = 1.2
STEP_LR = 1e-4
OPTIMIZER_LRS = (1e-4, 1e-3, 1e-2)
CONVERGENCE_SIZES: dict[str, Any] = {
    "number_of_hidden_layers": 1,
    "input_size": 196,
    "hidden_size": 64,
    "latent_size": 16,
}
# For code that is written for 784 pixels, as the homework's images have: the same images, each pixel four times.
WIDE_SIZES = {**CONVERGENCE_SIZES, "input_size": 784}
CONVERGENCE: dict[str, Any] = {"lr": 1e-3, "batch_size": 64, "num_steps": 600, "log_every": 100}
CONVERGENCE_IMAGES = 10_000


Sizes = dict[str, Any]


def make_probes(seed: int) -> Iterator[tuple[str, Trace]]:
    """The name and the content of each probe; equal seeds give equal probes."""
    random = torch.Generator().manual_seed(seed)
    yield "optimizers", _probe("optimizers", LOSS_SIZES["losses-16"][1], random, lrs=OPTIMIZER_LRS)
    for name, (batch, sizes) in {**LOSS_SIZES, "losses-homework": (64, HOMEWORK_SIZES)}.items():
        probe = _probe("losses", sizes, random)
        probe.data["x_real"] = probe.store(real_images(batch, sizes["input_size"], random))
        probe.data["z"] = probe.store(torch.randn(batch, sizes["latent_size"], generator=random))
        yield name, probe
    for name, (batch, steps, sizes) in STEP_SIZES.items():
        yield name, _step_probe(sizes, batch, steps, STEP_LR, random)
    yield "train_step-lr-0", _step_probe(STEP_SIZES["train_step-7"][2], 7, 2, 0.0, random)
    yield "train_step-homework", _step_probe(HOMEWORK_SIZES, 64, 1, STEP_LR, random, light=True)
    yield "convergence", convergence_probe(random)


def _probe(kind: str, sizes: Sizes, random: torch.Generator, **data: Any) -> Trace:
    probe = Trace()
    seed = int(torch.randint(2**31, (), generator=random))
    model = spread_model(sizes, random)
    probe.data = {"kind": kind, "seed": seed, "model": sizes, "weights": flat_weights(model, probe), **data}
    return probe


def _step_probe(sizes: Sizes, batch: int, steps: int, lr: float, random: torch.Generator, light: bool = False) -> Trace:
    probe = _probe("train_step", sizes, random, lr=lr, light=light)
    images = [real_images(batch, sizes["input_size"], random) for _ in range(steps)]
    probe.data["batches"] = [probe.store(image) for image in images]
    return probe


def convergence_probe(random: torch.Generator) -> Trace:
    """Train a small model, with torch's own initial weights, on images of its size or, for code that needs it, wide."""
    seed = int(torch.randint(2**31, (), generator=random))
    probe = Trace()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # torch's own initialization, as in the homework
        model, wide_model = Model(**CONVERGENCE_SIZES), Model(**WIDE_SIZES)
    images = real_images(CONVERGENCE_IMAGES, CONVERGENCE_SIZES["input_size"], random)
    probe.data = {
        "kind": "convergence",
        "seed": seed,
        "model": CONVERGENCE_SIZES,
        "weights": flat_weights(model, probe),
        "wide_model": WIDE_SIZES,
        "wide_weights": flat_weights(wide_model, probe),
        "images": probe.store((images * 255).round().to(torch.uint8)),
        **CONVERGENCE,
    }
    return probe


def real_images(n: int, input_size: int, random: torch.Generator, train: bool = True) -> torch.Tensor:
    """`n` different MNIST images, `(n, input_size)` float32 in [0, 1]; those of 196 pixels are averaged 2 by 2."""
    images, _ = mnist_images(train=train)
    chosen = images[torch.randperm(len(images), generator=random)[:n]].float() / 255  # (n, 28, 28)
    side = round(input_size**0.5)
    return nn.functional.adaptive_avg_pool2d(chosen, side).flatten(1)


@torch.no_grad()
def spread_model(sizes: Sizes, random: torch.Generator) -> Model:
    """A model with random weights whose outputs spread: codes and hidden units with unit variance, images with
    contrast, logits of D with the same mean on real images and on samples and a standard deviation of `LOGIT_STD`.

    At torch's own initial weights all samples look alike and so do all scores: nothing could be told from them.
    """
    model = Model(**sizes)
    x = real_images(256, sizes["input_size"], random)
    z = torch.randn(256, sizes["latent_size"], generator=random)
    _spread_layers(model.encoder, x, 1.0, random)
    _spread_layers(model.generator, z, 2.0, random)
    fakes = model.generator(z)
    _spread_layers(model.discriminator, torch.cat([x, fakes]), LOGIT_STD, random)
    last = [layer for layer in model.discriminator.net if isinstance(layer, nn.Linear)][-1]
    hidden = model.discriminator.net[:-2]
    gap = hidden(x).mean(0) - hidden(fakes).mean(0)  # (hidden_size,)
    last.weight -= (last.weight @ gap)[:, None] * gap / gap.square().sum()
    logits = torch.cat([hidden(x), hidden(fakes)]) @ last.weight.T  # (512, 1)
    last.weight *= LOGIT_STD / logits.std()
    last.bias.fill_(-float(logits.mean() * LOGIT_STD / logits.std()))
    return model


def _spread_layers(module: nn.Module, inputs: torch.Tensor, std: float, random: torch.Generator) -> None:
    """Draw each linear layer's weights anew and scale them by what they do to `inputs`; the last one to `std`."""
    layers = list(module.net)  # type: ignore[arg-type]
    last = [layer for layer in layers if isinstance(layer, nn.Linear)][-1]
    for layer in layers:
        if isinstance(layer, nn.Linear):
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=random))
            outputs = inputs @ layer.weight.T
            layer.weight *= (std if layer is last else 1.0) / outputs.std()
            layer.bias.copy_(-(inputs @ layer.weight.T).mean(0))
            layer.bias.add_(0.1 * torch.randn(layer.bias.shape, generator=random))
        inputs = layer(inputs)
