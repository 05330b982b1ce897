"""How good are generated digits? Five numbers, and what each of them can and cannot say.

This is course material: the notebooks show it, and `benchmarks/reference` compares by it. It looks at images through
the digit classifier of `course_utils.classifier`, so it knows digits only: whatever is no digit at all is called the
one that it looks like most.

- *Class histogram* and *classes covered* tell a generator that leaves digits out (mode collapse). They say nothing of
  how a digit looks: ten fixed images, one of each digit, get full marks.
- *Fréchet distance* compares mean and covariance of features with those of the test images (Heusel et al., 2017,
  "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", with an Inception network there).
  It tells blur, artefacts and missing classes alike, but not which of them it is; its value means something only beside
  another one from the same features and as many images.
- *Diversity* tells whether images of one digit differ from each other as real ones do. Noise is diverse, too.
- *Distance to the nearest training image* tells a generator that has learnt images by heart. A large distance is no
  praise: a bad image is far from all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from safetensors.torch import load_file
from torch import Tensor

from course_utils.classifier import CLASSES, REAL, load_classifier
from course_utils.data import mnist_images
from course_utils.model_figure import COLORS, INK, MUTED
from course_utils.models import Generative, device_of
from course_utils.training import is_shortened

COVERED = 0.01  # share of the images above which a class counts as covered; a tenth of what is due to it
RULE = "#d5d8dc"  # the lines of the table
SEARCHED = 1000  # images whose nearest training image is searched for
SAMPLES, FEW = 10_000, 200  # images to measure; few where a run is shortened
_BATCH = 1000


@dataclass(frozen=True)
class Quality:
    """What the meter says of a set of images.

    Attributes:
        histogram: share of each digit, 10 numbers that sum to 1.
        frechet_distance: to the test images, squared distance of features, 0 or more.
        diversity: spread of features within a digit over that of the test images, mean over digits; 1 is as real, and
            a digit that is missing counts 0.
        nearest: median distance to the nearest training image, root of the mean squared difference of pixels, 0 to 1.
        nearest_of_real: the same for test images, to compare with.
    """

    histogram: tuple[float, ...]
    frechet_distance: float
    diversity: float
    nearest: float
    nearest_of_real: float

    @property
    def classes_covered(self) -> int:
        """Digits that have more than 1 % of the images."""
        return sum(share > COVERED for share in self.histogram)


def measure_quality(images: Tensor) -> Quality:
    """Measure a set of images; 10,000 of them give a Fréchet distance that can be compared with others.

    Args:
        images: (n, 784) or (n, 1, 28, 28), in [0, 1], n of 2 or more.

    Raises:
        ValueError: they have another shape, are fewer than 2, or hold values that are not in [0, 1].
    """
    seen, real = describe(images), _real()
    return Quality(
        histogram=tuple(seen["histogram"].tolist()),
        frechet_distance=_frechet_distance(seen["mean"], seen["covariance"], real["mean"], real["covariance"]),
        diversity=(seen["spreads"] / real["spreads"]).sqrt().mean().item(),
        nearest=seen["nearest"].item(),
        nearest_of_real=real["nearest"].item(),
    )


def describe(images: Tensor) -> dict[str, Tensor]:
    """What the meter compares, float64; that of the test images is stored beside the classifier.

    Args:
        images: as for `measure_quality`.

    Returns:
        "mean" (64,) and "covariance" (64, 64) of the features; "histogram" (10,), the share of each digit; "spreads"
        (10,), the trace of the covariance of the features of each digit, 0 where it has fewer than two images; and
        "nearest" (), the median distance to the nearest training image.
    """
    pixels = _checked(images)
    classifier = load_classifier()
    with torch.no_grad():
        features = torch.cat([classifier.features(part) for part in pixels.split(_BATCH)])  # (n, 64)
        digits = classifier.head(features).argmax(1)  # (n,)
    features = features.double()
    groups = [features[digits == digit] for digit in range(CLASSES)]
    return {
        "mean": features.mean(0),
        "covariance": features.T.cov(),
        "histogram": torch.tensor([len(group) / len(pixels) for group in groups]),
        "spreads": torch.stack([g.var(0).sum() if len(g) > 1 else torch.zeros((), dtype=g.dtype) for g in groups]),
        "nearest": torch.tensor(_nearest(pixels), dtype=torch.float64),
    }


def sample_images(model: Generative, n: int | None = None, seed: int = 0) -> Tensor:
    """n images G(z) of z ~ N(0, I), (n, 784) on the CPU; by default 10,000, or few where a run is shortened."""
    generator = torch.Generator().manual_seed(seed)
    count = n or (FEW if is_shortened() else SAMPLES)
    z = torch.randn(count, model.latent_size, generator=generator)
    with torch.no_grad():
        return torch.cat([model.generator(part.to(device_of(model))).cpu() for part in z.split(_BATCH)])


def frechet_distance(one: Tensor, other: Tensor) -> float:
    """Fréchet distance of the normal distributions that fit two sets of features, (n, d) and (m, d), d of 2 or more.

    |mu_1 - mu_2|^2 + tr(C_1 + C_2 - 2 (C_1^(1/2) C_2 C_1^(1/2))^(1/2)), see Dowson and Landau (1982), "The Fréchet
    distance between multivariate normal distributions".
    """
    one, other = one.double(), other.double()
    return _frechet_distance(one.mean(0), one.T.cov(), other.mean(0), other.T.cov())


def _frechet_distance(mean: Tensor, covariance: Tensor, other_mean: Tensor, other_covariance: Tensor) -> float:
    root = _square_root(covariance)
    cross = torch.linalg.eigvalsh(root @ other_covariance @ root).clamp(min=0).sqrt().sum()
    spreads = covariance.trace() + other_covariance.trace()
    return max(0.0, ((mean - other_mean).square().sum() + spreads - 2 * cross).item())


def show_quality(measured: Mapping[str, Quality]) -> Figure:
    """The class histograms of several sets of images by their names, with the other numbers in a table below."""
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(8, 4.6), height_ratios=(2.2, 1), layout="constrained")
    palette = [COLORS["G"], COLORS["E"], COLORS["D"], MUTED]
    width = 0.8 / len(measured)
    for index, (name, quality) in enumerate(measured.items()):
        places = [digit + (index - (len(measured) - 1) / 2) * width for digit in range(CLASSES)]
        upper.bar(places, quality.histogram, width, label=name, color=palette[index % len(palette)])
    upper.axhline(1 / CLASSES, color=INK, lw=1, ls=":")
    upper.set_xticks(range(CLASSES))
    upper.set_xlabel("digit that the classifier sees")
    upper.set_ylabel("share of the images")
    upper.spines[["top", "right"]].set_visible(False)
    columns = min(4, len(measured))
    upper.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=columns)  # off the bars
    lower.axis("off")
    rows = [
        [
            f"{quality.classes_covered}",
            f"{quality.frechet_distance:.1f}",
            f"{quality.diversity:.2f}",
            f"{quality.nearest:.3f} ({quality.nearest_of_real:.3f})",
        ]
        for quality in measured.values()
    ]
    headings = ["classes covered", "Fréchet distance", "diversity", "nearest image\n(of real ones)"]
    table = lower.table(rows, rowLabels=list(measured), colLabels=headings, loc="center", cellLoc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(11)
    table.scale(1, 1.5)
    table[0, len(headings) - 1].set_height(1.6 * table[0, 0].get_height())
    for column in range(len(headings) - 1):
        table[0, column].set_height(table[0, len(headings) - 1].get_height())
    for (row, _), cell in table.get_celld().items():  # a thin line below each row, and no grid
        cell.visible_edges = "B"
        cell.set_edgecolor(RULE)
        cell.set_text_props(color=INK if row else MUTED)
    plt.close(figure)
    return figure


def _checked(images: Tensor) -> Tensor:
    pixels = images.detach().flatten(1).float().cpu() if images.ndim > 1 else images
    if pixels.ndim != 2 or pixels.shape[1] != 28 * 28 or len(pixels) < 2:
        raise ValueError(f"images must be (n, 784) or (n, 1, 28, 28), with n of 2 or more, not {tuple(images.shape)}")
    if not ((pixels >= 0) & (pixels <= 1)).all():  # false for what is not a number, too
        raise ValueError("images must hold values in [0, 1], and nothing that is not a number")
    return pixels


@cache
def _real() -> dict[str, Tensor]:
    return load_file(REAL)


def _nearest(pixels: Tensor) -> float:
    some = pixels[torch.linspace(0, len(pixels) - 1, min(SEARCHED, len(pixels))).long()]
    nearest = torch.full((len(some),), torch.inf)
    for bytes_ in mnist_images(train=True)[0].flatten(1).split(2_000):
        part = bytes_.float() / 255  # a part at a time: all of them take 188 MB as floats, and large ones are slow
        squares = some.square().sum(1, keepdim=True) + part.square().sum(1) - 2 * some @ part.T
        nearest = torch.minimum(nearest, squares.min(1).values)
    return (nearest.clamp(min=0) / pixels.shape[1]).sqrt().median().item()


def _square_root(matrix: Tensor) -> Tensor:
    """Of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T
