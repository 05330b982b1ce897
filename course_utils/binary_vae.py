"""A variational autoencoder of images in black and white: its decoder says how probable ink is, pixel by pixel.

This is course material, for homework 3. An image x (n, pixels) holds zeros and ones. The decoder gives the *logit* of
the probability of a one, log(p / (1 - p)), which may take any value; so log p(x | z) can be computed without ever
taking the logarithm of a number that was rounded to 0. The encoder is the student's.
"""

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from course_utils.models import Activation, Generative, mlp_layers, require_positive

THRESHOLD = 0.5  # of the gray values; about 13 % of the pixels of MNIST are above it


def to_black_and_white(images: Tensor) -> Tensor:
    """Images with gray values in [0, 1] as zeros and ones, float32 of the same shape."""
    return (images > THRESHOLD).float()


class Decoder(nn.Module):
    """From a latent vector z to the logits of an image: (n, latent_size) -> (n, output_size).

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        latent_size: int,
        hidden_size: int,
        output_size: int,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(latent_size=latent_size, hidden_size=hidden_size, output_size=output_size)
        layers = mlp_layers(number_of_hidden_layers, latent_size, hidden_size, output_size, activation)
        self.net = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.net(z)


class VAE(Generative):
    """An encoder and a decoder that belong together.

    Attributes:
        encoder: (n, pixels) -> mean and log_var of q(z | x), (n, latent_size) each.
        decoder: (n, latent_size) -> logits, (n, pixels).
        generator: the decoder, and then a sigmoid: (n, latent_size) -> the probability of ink, (n, pixels).
        latent_size: width of z.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, latent_size: int) -> None:
        super().__init__()
        self.latent_size = latent_size
        self.encoder = encoder
        self.generator = nn.Sequential(decoder, nn.Sigmoid())

    @property
    def decoder(self) -> nn.Module:
        return cast(nn.Sequential, self.generator)[0]


def likelihood_of(
    model: VAE, x: Tensor, log_likelihood: Callable[[Tensor, Tensor], Tensor]
) -> Callable[[Tensor], Tensor]:
    """log p(x | z) as a function of z alone, for latent vectors of any number of draws.

    Args:
        x: images, (n, pixels).
        log_likelihood: takes images and logits, (m, pixels) each, and gives log p(x | z), (m,).

    Returns:
        a function of z, (..., n, latent_size), that gives (..., n).
    """

    def of_latents(z: Tensor) -> Tensor:
        flat = z.reshape(-1, z.shape[-1])  # (m, latent_size)
        repeated = x.expand(*z.shape[:-1], x.shape[-1]).reshape(len(flat), -1)  # (m, pixels)
        return log_likelihood(repeated, model.decoder(flat)).reshape(z.shape[:-1])

    return of_latents


@torch.no_grad()
def probabilities(model: VAE, z: Tensor) -> Tensor:
    """The probability of ink in each pixel, (n, pixels), without gradients."""
    return model.generator(z)
