"""The comparison of the families: stored results of the other labs, one table, one figure."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from course_utils import families
from course_utils.families import SHOWN, Family, compare_families, reference_families, show_families
from course_utils.quality import Quality

QUALITY = Quality((0.1,) * 10, 120.4, 0.9, 0.15, 0.14)
ONE = Family("one", QUALITY, 1, torch.rand(SHOWN, 784))
OTHER = Family("other", replace(QUALITY, frechet_distance=80.0, diversity=1.3), 100, torch.rand(SHOWN, 784))


def test_the_other_labs_have_left_what_their_models_do() -> None:
    stored = reference_families()
    assert [family.name for family in stored] == ["autoencoder, N(0, I)", "autoencoder, N(µ, Σ)", "GAN", "VAE"]
    for family in stored:
        assert abs(sum(family.quality.histogram) - 1) < 1e-3
        assert family.samples.shape == (SHOWN, 784) and 0 <= family.samples.min() < family.samples.max() <= 1


def test_codes_that_fit_help_the_autoencoder_and_the_vae_needs_no_such_help() -> None:
    distances = {family.name: family.quality.frechet_distance for family in reference_families()}
    assert distances["autoencoder, N(0, I)"] > 3 * distances["autoencoder, N(µ, Σ)"]
    assert distances["VAE"] < distances["GAN"] < distances["autoencoder, N(0, I)"]


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "NUMBERS", tmp_path / "numbers.json")
    monkeypatch.setattr(families, "IMAGES", tmp_path / "images.safetensors")
    families.save_families([ONE, OTHER])
    for read, written in zip(reference_families(), (ONE, OTHER), strict=True):
        assert (read.name, read.quality, read.passes) == (written.name, written.quality, written.passes)
        torch.testing.assert_close(read.samples, written.samples, atol=1 / 255, rtol=0)


def test_the_table_has_a_row_for_each_family_with_its_numbers() -> None:
    lines = compare_families([ONE, OTHER]).splitlines()
    assert lines[2:] == ["| one | 10 | 120 | 0.90 | 0.150 | 1 |", "| other | 10 | 80 | 1.30 | 0.150 | 100 |"]
    assert {line.count("|") for line in lines} == {7}


def test_the_figure_shows_samples_and_numbers_and_the_best_ones_are_bold() -> None:
    figure = show_families([ONE, OTHER])
    assert sum(len(axes.images) for axes in figure.axes) == 2
    bold = {text.get_text() for axes in figure.axes for text in axes.texts if text.get_fontweight() == "bold"}
    assert bold == {"10", "80", "0.90", "1"}
