"""Measures the models of three class labs, for the comparison of families in the lab on diffusion.

Runs the cells of the labs' source notebooks up to their main models, with solutions in place, and writes what the
quality meter says of 10,000 samples of each to `course_utils/families/`. Takes about three minutes:

    python scripts/measure_families.py
"""

import tempfile
from collections.abc import Collection
from contextlib import chdir
from pathlib import Path
from typing import Any

import nbformat
from torch import Tensor

from course_utils.families import SHOWN, Family, save_families
from course_utils.quality import measure_quality, sample_images

ROOT = Path(__file__).parents[1]


def main() -> None:
    autoencoder = run_cells("lab_autoencoder", last="better-samples", without=("denoising-training", "denoising"))
    gan = run_cells(
        "lab_gan", last="digits-training", without=("ring-training", "ring-animation", "ring-figure", "ring-count")
    )
    vae = run_cells("lab_vae", last="training")
    save_families(
        [
            measured("autoencoder, N(0, I)", autoencoder["standard"]),
            measured("autoencoder, N(µ, Σ)", autoencoder["fitted"]),
            measured("GAN", sample_images(gan["digit_models"]["and noise"])),
            measured("VAE", sample_images(vae["model"])),
        ]
    )


def measured(name: str, images: Tensor) -> Family:
    """A family whose samples take one pass of a generator."""
    family = Family(name, measure_quality(images), passes=1, samples=images[:SHOWN])
    print(f"{name}: Fréchet distance {family.quality.frechet_distance:.1f}")
    return family


def run_cells(assignment: str, last: str, without: Collection[str] = ()) -> dict[str, Any]:
    """What is defined once the code cells of a source notebook have run, up to the cell `last`."""
    notebook = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    defined: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for cell in notebook.cells:
            is_given = cell.id not in without and not cell.id.startswith("check_") and cell.id != "setup"
            if cell.cell_type == "code" and is_given:
                exec(compile(cell.source, f"{assignment}: {cell.id}", "exec"), defined)
            if cell.id == last:
                return defined
    raise ValueError(f"{assignment} has no cell {last!r}")


if __name__ == "__main__":
    main()
