"""The conditional networks: E, G and D as in `course_utils.models`, each of which also gets the label h of an image.

This is course material, for the assignment on class conditioning. The networks are the same MLPs with the label
appended to their input as a one-hot vector, so whoever sees the input of the first layer sees the label, too.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from course_utils.models import Activation, Generative, Model, mlp_layers, require_positive


class ConditionalEncoder(nn.Module):
    """E: from an image x and its label h to the code E(x, h).

    Maps x, (n, input_size), and h, integers (n,) from 0 to number_of_classes - 1, to (n, latent_size). The label
    is appended to the image as a one-hot vector.

    Raises:
        ValueError: `number_of_hidden_layers` is negative, a size is not positive, or x and h differ in length.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        latent_size: int,
        number_of_classes: int = 10,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(
            input_size=input_size,
            hidden_size=hidden_size,
            latent_size=latent_size,
            number_of_classes=number_of_classes,
        )
        self.number_of_classes = number_of_classes
        width = input_size + number_of_classes
        self.net = nn.Sequential(*mlp_layers(number_of_hidden_layers, width, hidden_size, latent_size, activation))

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        return self.net(append_labels(x, h, self.number_of_classes))


class ConditionalGenerator(nn.Module):
    """G: from a latent vector z and a label h to an image G(z, h) of this class.

    Maps z, (n, latent_size), and h, integers (n,), to (n, output_size), every pixel in [0, 1].

    Raises:
        ValueError: `number_of_hidden_layers` is negative, a size is not positive, or z and h differ in length.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        latent_size: int,
        hidden_size: int,
        output_size: int,
        number_of_classes: int = 10,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(
            latent_size=latent_size,
            hidden_size=hidden_size,
            output_size=output_size,
            number_of_classes=number_of_classes,
        )
        self.number_of_classes = number_of_classes
        width = latent_size + number_of_classes
        self.net = nn.Sequential(
            *mlp_layers(number_of_hidden_layers, width, hidden_size, output_size, activation),
            nn.Sigmoid(),
        )

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        return self.net(append_labels(z, h, self.number_of_classes))


class ConditionalDiscriminator(nn.Module):
    """D: from an image x and a label h to the probability D(x, h) that x is a real image, and one with this label.

    Maps x, (n, input_size), and h, integers (n,), to (n, 1).

    Raises:
        ValueError: `number_of_hidden_layers` is negative, a size is not positive, or x and h differ in length.
    """

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        number_of_classes: int = 10,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        require_positive(input_size=input_size, hidden_size=hidden_size, number_of_classes=number_of_classes)
        self.number_of_classes = number_of_classes
        width = input_size + number_of_classes
        self.net = nn.Sequential(
            *mlp_layers(number_of_hidden_layers, width, hidden_size, 1, activation),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        return self.net(append_labels(x, h, self.number_of_classes))


class ConditionalModel(Generative):
    """The three networks of one conditional autoencoding GAN, with sizes that fit together.

    Attributes:
        encoder: E, (n, input_size) and (n,) -> (n, latent_size).
        generator: G, (n, latent_size) and (n,) -> (n, input_size).
        discriminator: D, (n, input_size) and (n,) -> (n, 1).
        latent_size: width of z and of the codes E(x, h).
        number_of_classes: labels are the integers from 0 to number_of_classes - 1.

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    generator: ConditionalGenerator

    def __init__(
        self,
        number_of_hidden_layers: int,
        input_size: int,
        hidden_size: int,
        latent_size: int,
        number_of_classes: int = 10,
        activation: Activation = nn.ReLU,
    ) -> None:
        super().__init__()
        self.latent_size = latent_size
        self.number_of_classes = number_of_classes
        self.encoder = ConditionalEncoder(
            number_of_hidden_layers, input_size, hidden_size, latent_size, number_of_classes, activation
        )
        self.generator = ConditionalGenerator(
            number_of_hidden_layers, latent_size, hidden_size, input_size, number_of_classes, activation
        )
        self.discriminator = ConditionalDiscriminator(
            number_of_hidden_layers, input_size, hidden_size, number_of_classes, activation
        )


AnyModel = Model | ConditionalModel


def make_model(**sizes: Any) -> AnyModel:
    """A `Model`, or a `ConditionalModel` if `number_of_classes` is among its sizes."""
    return ConditionalModel(**sizes) if "number_of_classes" in sizes else Model(**sizes)


def append_labels(rows: Tensor, h: Tensor, number_of_classes: int) -> Tensor:
    """Rows (n, width) with their labels h (n,) as one-hot columns behind: (n, width + number_of_classes).

    Raises:
        ValueError: h is not one integer for each row.
    """
    if h.shape != rows.shape[:1] or h.is_floating_point():
        raise ValueError(
            f"h must hold one integer for each of the {len(rows)} rows: got shape {tuple(h.shape)} of {h.dtype}, "
            f"expected shape ({len(rows)},) of torch.int64"
        )
    return torch.cat([rows, one_hot(h.long(), number_of_classes).to(rows.dtype)], dim=1)
