"""The class lab on autoencoders: its model, what it compares with, and a figure of the errors.

This is course material for a lab. Figures of codes are in `course_utils.labs.latents`.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from course_utils.model_figure import COLORS, INK, MUTED, tidy
from course_utils.models import Activation, Generative, MLPEncoder, MLPGenerator, device_of

_BATCH = 1000


class Autoencoder(Generative):
    """Encoder and generator of one autoencoder, with sizes that fit together.

    Attributes:
        encoder: E, (n, input_size) -> (n, latent_size).
        generator: G, (n, latent_size) -> (n, input_size).
        latent_size: width of the codes E(x).

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


@torch.no_grad()
def encode_all(model: Autoencoder, images: Tensor) -> Tensor:
    """The codes (n, latent_size) of the images (n, pixels), without gradients, on the CPU."""
    return torch.cat([model.encoder(part.to(device_of(model))).cpu() for part in images.split(_BATCH)])


@torch.no_grad()
def generate_all(model: Generative, z: Tensor) -> Tensor:
    """The images G(z), (n, pixels), of the latent vectors z (n, latent_size), without gradients, on the CPU."""
    return torch.cat([model.generator(part.to(device_of(model))).cpu() for part in z.split(_BATCH)])


def add_noise(x: Tensor, strength: float, seed: int | None = None) -> Tensor:
    """x (n, pixels) plus normal noise with this standard deviation, cut off at 0 and 1.

    Args:
        seed: draws the same noise each time; without it, the noise comes from torch's global generator.
    """
    if seed is None:
        noise = torch.randn_like(x)
    else:
        noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed)).to(x)
    return (x + strength * noise).clamp(0, 1)


def pca_errors(train_images: Tensor, test_images: Tensor) -> Tensor:
    """Mean squared error per pixel of the test images when PCA of the training images keeps 0, 1, 2, ... components.

    With 0 components every image is replaced by the mean training image.

    Args:
        train_images, test_images: (n, pixels) and (m, pixels).

    Returns:
        float64 (pixels + 1,), never rising.
    """
    mean = train_images.double().mean(0)
    _, directions = torch.linalg.eigh((train_images.double() - mean).T.cov())  # ascending: the last ones matter most
    centered = test_images.double() - mean
    explained = (centered @ directions.flip(1)).square().mean(0)  # (pixels,), of each component
    errors = centered.square().sum(1).mean() - torch.cat([torch.zeros(1).double(), explained.cumsum(0)])
    return errors.clamp(min=0) / train_images.shape[1]


def column_values(codes: Tensor, dimension: int, columns: int = 9, deviations: float = 2.0) -> Tensor:
    """Values (columns,) for a traversal of one dimension: its mean and up to 2 deviations on either side."""
    column = codes[:, dimension]
    middle, spread = column.mean().item(), column.std().item()
    return torch.linspace(middle - deviations * spread, middle + deviations * spread, columns)


def spread_out(codes: Tensor, count: int) -> Sequence[int]:
    """The `count` dimensions of the codes (n, latent_size) with the largest standard deviation, largest first."""
    return codes.std(0).topk(min(count, codes.shape[1])).indices.tolist()


def baseline_errors(train_images: Tensor, test_images: Tensor) -> dict[str, float]:
    """Mean squared error on the test images of three answers that look at no image, (n, pixels) and (m, pixels)."""
    answers = {
        "black image": torch.zeros(1),
        "one gray for all pixels": train_images.mean(),
        "mean image": train_images.mean(0),
    }
    return {name: (test_images - answer).square().mean().item() for name, answer in answers.items()}


def show_errors(pca: Tensor, autoencoders: Mapping[int, float], baselines: Mapping[str, float]) -> Figure:
    """The reconstruction error of PCA over its width, with autoencoders as dots and baselines as lines.

    Args:
        pca: (k + 1,), the error with 0 to k components, as of `pca_errors`; drawn from 1 to 128 components.
        autoencoders: the error by the width of the code.
        baselines: the error by what is drawn instead of a reconstruction.
    """
    figure, axes = plt.subplots(figsize=(8.5, 5), layout="constrained")
    shown = pca[1:129]
    axes.plot(range(1, len(shown) + 1), shown, color=MUTED, lw=2.5, label="PCA")
    for height, (name, error) in enumerate(sorted(baselines.items(), key=lambda item: item[1], reverse=True)):
        axes.axhline(error, color=INK, lw=1, ls=(0, (1 + height, 2)))
        above = height == 0  # the first label stands above its line, the others below, clear of each other
        y, va = (error * 1.03, "bottom") if above else (error * 0.97, "top")
        axes.text(len(shown), y, f"{name}: {error:.4f}", va=va, ha="right", color=INK, fontsize=11)
    for width, error in autoencoders.items():
        axes.plot(width, error, "o", color=COLORS["E"], ms=11, label=f"autoencoder, {width} numbers: {error:.4f}")
        same = int((pca > error).sum())  # the first number of components whose error is as low
        if width < same < len(shown):
            axes.plot([width, same], [error, error], color=COLORS["E"], lw=1.5, ls=":")
            axes.text(same * 1.05, error, f"PCA with {same}", color=COLORS["E"], fontsize=11, ha="left", va="bottom")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks([1, 2, 4, 8, 16, 32, 64, 128], ["1", "2", "4", "8", "16", "32", "64", "128"])
    ticks = [0.005, 0.01, 0.02, 0.05, 0.1]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(0.004, 0.16)
    axes.set_xlabel("numbers that are kept of an image")
    axes.set_ylabel("mean squared error on test images")
    axes.legend(frameon=False, loc="lower left", fontsize=11)
    tidy(axes)
    plt.close(figure)
    return figure
