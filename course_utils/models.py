"""The networks that the course hands out: an encoder E, a generator G and a discriminator D, all plain MLPs.

This is course material. Students train these classes in the notebook, and the hidden checks rebuild the same
classes from the weights of a recorded trace, so each network keeps its layers in `self.net` and its forward
pass is nothing but that `Sequential`.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Activation = Callable[[], nn.Module] | nn.Module


class MLPEncoder(nn.Module):
    """E: from an image x to its code E(x).

    Maps (n, input_size) to (n, latent_size). The last layer is linear: codes may take any value, like z ~
    N(0, I).

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
        self.net = nn.Sequential(*mlp_layers(number_of_hidden_layers, input_size, hidden_size, latent_size, activation))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class MLPGenerator(nn.Module):
    """G: from a latent vector z to an image G(z).

    Maps (n, latent_size) to (n, output_size). A sigmoid at the end keeps every pixel in [0, 1], as in the
    data.

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
        self.net = nn.Sequential(
            *mlp_layers(number_of_hidden_layers, latent_size, hidden_size, output_size, activation),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class MLPDiscriminator(nn.Module):
    """D: from an image x to the probability D(x) that x is real.

    Maps (n, input_size) to (n, 1). A sigmoid at the end makes the output a probability in [0, 1].

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(input_size=input_size, hidden_size=hidden_size)
        self.net = nn.Sequential(
            *mlp_layers(number_of_hidden_layers, input_size, hidden_size, 1, activation),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Generative(nn.Module):
    """A model that generates: all that the training loop, the plots and the quality meter need of one.

    Attributes:
        generator: G, (n, latent_size) -> (n, pixels).
        latent_size: width of z.
    """

    generator: nn.Module
    latent_size: int


class Model(Generative):
    """The three networks of one autoencoding GAN, with sizes that fit together.

    Attributes:
        encoder: E, (n, input_size) -> (n, latent_size).
        generator: G, (n, latent_size) -> (n, input_size).
        discriminator: D, (n, input_size) -> (n, 1).
        latent_size: width of z and of the codes E(x).

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
        self.encoder = MLPEncoder(number_of_hidden_layers, input_size, hidden_size, latent_size, activation)
        self.generator = MLPGenerator(number_of_hidden_layers, latent_size, hidden_size, input_size, activation)
        self.discriminator = MLPDiscriminator(number_of_hidden_layers, input_size, hidden_size, activation)


def mlp_layers(
    number_of_hidden_layers: int, input_size: int, hidden_size: int, output_size: int, activation: Activation
) -> list[nn.Module]:
    """Linear layers with an activation after each but the last; 0 hidden layers give one Linear."""
    if number_of_hidden_layers < 0:
        raise ValueError(f"number_of_hidden_layers must be 0 or more, got {number_of_hidden_layers}")
    layers: list[nn.Module] = []
    width = input_size
    for _ in range(number_of_hidden_layers):
        layers.append(nn.Linear(width, hidden_size))
        layers.append(activation if isinstance(activation, nn.Module) else activation())
        width = hidden_size
    layers.append(nn.Linear(width, output_size))
    return layers


def require_positive(**sizes: int) -> None:
    for name, size in sizes.items():
        if size <= 0:
            raise ValueError(f"{name} must be 1 or more, got {size}")


def device_of(model: nn.Module) -> torch.device:
    """The device that the model's weights are on."""
    return next(model.parameters()).device
