"""Making probes: models, data and seeds that a submission is asked to work on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these go into the sandbox's
inbox. They hold questions only, no answers: sizes, weights and data that the student cannot know in advance. The
`probes.py` of an assignment says which. With `number_of_classes` among its sizes a model is conditional, and its probe
holds labels.
"""

from typing import Any

import torch
from torch import Tensor, nn

from course_utils.conditional import AnyModel, ConditionalModel, append_labels, make_model
from course_utils.data import mnist_images
from course_utils.gan.probe import flat_weights
from coursekit.trace import Trace

Sizes = dict[str, Any]

HOMEWORK_SIZES: Sizes = {
    "number_of_hidden_layers": 2,
    "input_size": 784,
    "hidden_size": 256,
    "latent_size": 64,
}
# Labels of real and fake can be read from gradients only while D's scores spread, so D's logits are calibrated, and the
# steps of the probe are too small to saturate D.
LOGIT_STD = 1.2
STEP_LR = 1e-4
OPTIMIZER_LRS = (1e-4, 1e-3, 1e-2)
CONVERGENCE_SIZES: Sizes = {
    "number_of_hidden_layers": 1,
    "input_size": 196,
    "hidden_size": 64,
    "latent_size": 16,
}
CONVERGENCE_IMAGES = 10_000


def make_probe(kind: str, sizes: Sizes, random: torch.Generator, **data: Any) -> Trace:
    """A probe with a seed and a model whose outputs spread."""
    probe = Trace()
    seed = int(torch.randint(2**31, (), generator=random))
    model = spread_model(sizes, random)
    probe.data = {"kind": kind, "seed": seed, "model": sizes, "weights": flat_weights(model, probe), **data}
    return probe


def losses_probe(sizes: Sizes, batch: int, random: torch.Generator, **data: Any) -> Trace:
    """Call each loss alone on `batch` images and latent vectors and, with labels, on right and on wrong ones."""
    probe = make_probe("losses", sizes, random, **data)
    images, h = real_digits(batch, sizes["input_size"], random)
    probe.data["x_real"] = probe.store(images)
    probe.data["z"] = probe.store(torch.randn(batch, sizes["latent_size"], generator=random))
    if classes := sizes.get("number_of_classes"):
        h_wrong = (h + torch.randint(1, classes, h.shape, generator=random)) % classes
        probe.data |= {"h": probe.store(h), "h_wrong": probe.store(h_wrong)}
    return probe


def step_probe(
    sizes: Sizes, batch: int, steps: int, lr: float, random: torch.Generator, *, light: bool = False
) -> Trace:
    """Take training steps on mini-batches of `batch` images, all different; `light`: only whether they run."""
    probe = make_probe("train_step", sizes, random, lr=lr, light=light)
    if not light and lr > 0:
        # The last ones, when nothing is new any more; as many as a design may take from one update to the next.
        probe.data["experiments"] = list(range(steps - (steps + 1) // 2 - steps // 8, steps))
    images, labels = real_digits(batch * steps, sizes["input_size"], random)
    probe.data["batches"] = [probe.store(x_real) for x_real in images.split(batch)]
    if "number_of_classes" in sizes:
        probe.data["labels"] = [probe.store(h) for h in labels.split(batch)]
    return probe


def convergence_probe(sizes: Sizes, training: dict[str, Any], random: torch.Generator) -> Trace:
    """Train a small model, with torch's own initial weights, on images of its size or, for code that needs it, wide.

    Args:
        sizes: of the model.
        training: lr, batch_size, num_steps and log_every.
        random: what to draw from.
    """
    seed = int(torch.randint(2**31, (), generator=random))
    probe = Trace()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # torch's own initialization, as in the homework
        model, wide_model = make_model(**sizes), make_model(**wide(sizes))
    images, labels = real_digits(CONVERGENCE_IMAGES, sizes["input_size"], random)
    probe.data = {
        "kind": "convergence",
        "seed": seed,
        "model": sizes,
        "weights": flat_weights(model, probe),
        "wide_model": wide(sizes),
        "wide_weights": flat_weights(wide_model, probe),
        "images": probe.store((images * 255).round().to(torch.uint8)),
        **training,
    }
    if "number_of_classes" in sizes:
        probe.data["labels"] = probe.store(labels)
    return probe


def wide(sizes: Sizes) -> Sizes:
    """For code that is written for 784 pixels, as the homework's images have: the same, each pixel four times."""
    return {**sizes, "input_size": 4 * sizes["input_size"]}


def real_digits(n: int, input_size: int, random: torch.Generator, train: bool = True) -> tuple[Tensor, Tensor]:
    """`n` different MNIST images, `(n, input_size)` float32 in [0, 1], and their labels `(n,)`; those of 196 pixels are
    averaged 2 by 2."""
    images, labels = mnist_images(train=train)
    rows = torch.randperm(len(images), generator=random)[:n]
    side = round(input_size**0.5)
    return nn.functional.adaptive_avg_pool2d(images[rows].float() / 255, side).flatten(1), labels[rows]


@torch.no_grad()
def spread_model(sizes: Sizes, random: torch.Generator) -> AnyModel:
    """A model with random weights whose outputs spread: codes and hidden units with unit variance, images with
    contrast, logits of D with the same mean on real images and on samples and a standard deviation of `LOGIT_STD`.

    At torch's own initial weights all samples look alike and so do all scores: nothing could be told from them.
    """
    model = make_model(**sizes)
    images, labels = real_digits(256, sizes["input_size"], random)
    z = torch.randn(256, sizes["latent_size"], generator=random)
    x = _with_labels(model, images, labels)
    _spread_layers(model.encoder, x, 1.0, random)
    _spread_layers(model.generator, _with_labels(model, z, labels), 2.0, random)
    fakes = _with_labels(model, model.generator.net(_with_labels(model, z, labels)), labels)
    _spread_layers(model.discriminator, torch.cat([x, fakes]), LOGIT_STD, random)
    last = [layer for layer in model.discriminator.net if isinstance(layer, nn.Linear)][-1]
    hidden = model.discriminator.net[:-2]
    gap = hidden(x).mean(0) - hidden(fakes).mean(0)  # (hidden_size,)
    last.weight -= (last.weight @ gap)[:, None] * gap / gap.square().sum()
    logits = torch.cat([hidden(x), hidden(fakes)]) @ last.weight.T  # (512, 1)
    last.weight *= LOGIT_STD / logits.std()
    last.bias.fill_(-float(logits.mean() * LOGIT_STD / logits.std()))
    return model


def _with_labels(model: AnyModel, rows: Tensor, labels: Tensor) -> Tensor:
    """What the first layer of a network of the model gets for these rows."""
    return append_labels(rows, labels, model.number_of_classes) if isinstance(model, ConditionalModel) else rows


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
