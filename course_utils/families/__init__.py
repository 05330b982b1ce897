"""The four families of generative models of the course, side by side: autoencoder, GAN, VAE, diffusion.

This is course material: the last section of the lab on diffusion shows it. The models of the other labs are not trained
again; what the quality meter said of each, and ten of its samples, lie beside this file. `scripts/measure_families.py`
makes both from the labs themselves.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from safetensors.torch import load_file, save_file
from torch import Tensor

from course_utils.model_figure import INK, MUTED
from course_utils.quality import Quality

NUMBERS = Path(__file__).parent / "reference.json"
IMAGES = Path(__file__).parent / "reference.safetensors"
SHOWN = 10  # samples of each family
SIDE = 28
HEADINGS = ("digits\ncovered", "Fréchet\ndistance", "diversity", "distance to\nnearest", "passes of\na network")


@dataclass(frozen=True)
class Family:
    """One way to generate images, and how good they are.

    Attributes:
        name: what people read.
        quality: what the meter says of 10,000 samples.
        passes: of a network for one sample.
        samples: the first ten, (10, 784) in [0, 1].
    """

    name: str
    quality: Quality
    passes: int
    samples: Tensor


def reference_families() -> tuple[Family, ...]:
    """The families of the other labs, as a run of each of them has left them: autoencoder, GAN, VAE."""
    images = load_file(IMAGES)
    return tuple(_family(told, images[told["name"]]) for told in json.loads(NUMBERS.read_text("utf-8")))


def save_families(families: Sequence[Family]) -> None:
    """Write what `reference_families` reads."""
    rows = [{"name": f.name, "passes": f.passes, "quality": asdict(f.quality)} for f in families]
    NUMBERS.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    save_file({f.name: f.samples.mul(255).round().to(torch.uint8) for f in families}, IMAGES)


def compare_families(families: Sequence[Family]) -> str:
    """A table in Markdown, a row for each family."""
    headings = ["", *(heading.replace("\n", " ") for heading in HEADINGS)]
    rows = [[family.name, *_cells(family)] for family in families]
    lines = [headings, ["---", *["---:"] * len(HEADINGS)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show_families(families: Sequence[Family]) -> Figure:
    """Ten samples of each family, and beside them what the meter says; the best number of a column is bold."""
    height = 0.85
    figure = plt.figure(figsize=(15, height * len(families) + 1.0), layout="constrained")
    grid = figure.add_gridspec(len(families), 2, width_ratios=(1.25, 1), wspace=0.02)
    best = _best(families)
    for row, family in enumerate(families):
        strip = figure.add_subplot(grid[row, 0])
        images = family.samples.reshape(-1, SIDE, SIDE)
        strip.imshow(torch.cat(list(images), dim=1).cpu().numpy(), cmap="gray_r", vmin=0, vmax=1)
        _bare(strip)
        label = family.name.replace(", ", ",\n", 1)
        strip.set_ylabel(label, rotation=0, ha="right", va="center", labelpad=12, color=INK, fontsize=15)
        numbers = figure.add_subplot(grid[row, 1])
        numbers.set(xlim=(0, len(HEADINGS)), ylim=(0, 1))
        _bare(numbers)
        numbers.spines[:].set_visible(False)
        for column, text in enumerate(_cells(family)):
            weight = "bold" if row in best[column] else "normal"
            numbers.text(column + 0.5, 0.5, text, fontsize=17, fontweight=weight, color=INK, ha="center", va="center")
            if row == 0:
                numbers.text(column + 0.5, 1.08, HEADINGS[column], fontsize=12, color=MUTED, ha="center", va="bottom")
    plt.close(figure)
    return figure


def _cells(family: Family) -> tuple[str, ...]:
    quality = family.quality
    return (
        f"{quality.classes_covered}",
        f"{quality.frechet_distance:.0f}",
        f"{quality.diversity:.2f}",
        f"{quality.nearest:.3f}",
        f"{family.passes}",
    )


def _best(families: Sequence[Family]) -> tuple[set[int], ...]:
    """For each column the rows with the best number, as it is printed; a distance to the nearest is neither."""
    worst: list[list[float]] = [
        [-family.quality.classes_covered for family in families],
        [round(family.quality.frechet_distance) for family in families],
        [round(abs(1 - family.quality.diversity), 2) for family in families],
        [],
        [family.passes for family in families],
    ]
    return tuple({row for row, value in enumerate(column) if value <= min(column)} for column in worst)


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color("#d5d8dc")


def _family(told: dict[str, Any], images: Tensor) -> Family:
    quality = told["quality"]
    return Family(
        name=told["name"],
        quality=Quality(**quality | {"histogram": tuple(quality["histogram"])}),
        passes=told["passes"],
        samples=images.float() / 255,
    )
