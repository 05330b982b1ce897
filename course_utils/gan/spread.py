"""Models with random weights whose outputs spread, and real digits to try them on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* probes are made of these, those
of the visible checks as those of the hidden ones, each from seeds and sizes of its own.
"""

from typing import Any

import torch
from torch import Tensor, nn

from course_utils.conditional import AnyModel, ConditionalModel, append_labels, make_model
from course_utils.data import mnist_images

LOGIT_STD = 1.2  # of D's logits; labels of real and fake can be read from gradients only while D's scores spread


def real_digits(n: int, input_size: int, random: torch.Generator, train: bool = True) -> tuple[Tensor, Tensor]:
    """`n` different MNIST images, `(n, input_size)` float32 in [0, 1], and their labels `(n,)`; those of 196 pixels are
    averaged 2 by 2."""
    images, labels = mnist_images(train=train)
    rows = torch.randperm(len(images), generator=random)[:n]
    side = round(input_size**0.5)
    return nn.functional.adaptive_avg_pool2d(images[rows].float() / 255, side).flatten(1), labels[rows]


@torch.no_grad()
def spread_model(sizes: dict[str, Any], random: torch.Generator) -> AnyModel:
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
