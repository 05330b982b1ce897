"""The networks of a variational autoencoder: an encoder of two outputs, and the generator of the homework.

This is course material, for the class lab on variational autoencoders (Kingma and Welling, 2014, "Auto-Encoding
Variational Bayes"). For an image x the encoder describes a normal distribution of latent vectors,
q(z | x) = N(mean, diag(exp(log_var))). How z is drawn from it, and with which losses it is trained, is the lab's.
"""

import torch
from torch import Tensor, nn

from course_utils.models import Activation, Generative, MLPGenerator, device_of, mlp_layers, require_positive

_BATCH = 1000


class VariationalEncoder(nn.Module):
    """E: from an image x to the mean and the logarithm of the variance of q(z | x).

    Maps (n, input_size) to two tensors, (n, latent_size) each. The last layer of `self.net` is linear and twice as
    wide as z; its first half is the mean. A logarithm may take any value, so that the variance is positive whatever
    the weights are.

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        latent_size: int,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(input_size=input_size, hidden_size=hidden_size, latent_size=latent_size)
        layers = mlp_layers(number_of_hidden_layers, input_size, hidden_size, 2 * latent_size, activation)
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_var = self.net(x).chunk(2, dim=1)  # (n, 2 * latent_size) -> 2 times (n, latent_size)
        return mean, log_var


class VariationalAutoencoder(Generative):
    """Encoder and generator of one variational autoencoder, with sizes that fit together.

    Attributes:
        encoder: E, (n, input_size) -> mean and log_var, (n, latent_size) each.
        generator: G, (n, latent_size) -> (n, input_size).
        latent_size: width of z.

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    generator: MLPGenerator

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        latent_size: int,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        self.latent_size = latent_size
        self.encoder = VariationalEncoder(number_of_hidden_layers, input_size, hidden_size, latent_size, activation)
        self.generator = MLPGenerator(number_of_hidden_layers, latent_size, hidden_size, input_size, activation)


@torch.no_grad()
def encode_all(model: VariationalAutoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log_var, (n, latent_size) each, of the images (n, pixels), without gradients, on the CPU."""
    parts = [model.encoder(part.to(device_of(model))) for part in images.split(_BATCH)]
    return torch.cat([mean.cpu() for mean, _ in parts]), torch.cat([log_var.cpu() for _, log_var in parts])


def active_units(divergences: Tensor, threshold: float = 0.1) -> int:
    """How many dimensions of z say something of the image: those whose mean divergence is above 0.1 nat.

    A collapsed dimension has a divergence of 0: its z is N(0, 1), whatever the image. (Burda, Grosse and Salakhutdinov
    (2016), "Importance Weighted Autoencoders", count by the variance of the posterior mean instead.)

    Args:
        divergences: (latent_size,), the divergence of each dimension, its mean over images, in nats.
    """
    return int((divergences > threshold).sum())
