"""What students of the conditional homework are told at once: nothing against right work, and what is plainly wrong.

A part of the right solutions is tried in each run, and all of them if COURSE_ALL_SOLUTIONS is set.
"""

from pathlib import Path

import pytest

from course_utils.gan import sight
from course_utils.gan.practice import practice_probes
from coursekit.said import Sign
from coursekit.trace import Trace
from tests.course_utils.gan import test_sight

SOLUTIONS = Path(__file__).parents[3] / "solutions" / "hw2_conditional"
SEE = {**test_sight.SEE, "wrong_labels": sight.see_wrong_labels}
RIGHT = sorted(path.stem for path in (SOLUTIONS / "right").glob("*.py"))
# Solutions in whose styles a cell that looks too closely at labels and weights would stumble.
DELICATE = ("one_call_of_d_for_three_kinds", "smoothed_labels")
# What is said of some. Those of which nothing can be told from a few draws are with the hidden checks.
SAID = {
    "decoded_under_another_label": ("losses", "`autoencoder_loss` encodes or decodes an image under another label"),
    "discriminator_never_sees_a_label": ("losses", "calls D with the label 0 for every image"),
    "own_wrong_labels_in_the_loss": ("losses", "other wrong labels than the `h_wrong` that it was given"),
    "sample_rewarded_for_another_digit": ("losses", "under other labels than G was given"),
    "three_terms_added_up": ("losses", "real images with wrong labels 1 times and samples 1 times as much as real"),
    "psnr_as_loss": ("losses", "`autoencoder_loss` is -5.5719 where the squared error is 0.2772: it is a function of"),
    "weight_written_down": ("losses", "reconstruction error 30 times as much as the other term, for a `weight` of 5"),
    "true_labels_rejected_in_the_step": ("train_step", "Among the wrong labels that D learns to reject are true ones"),
    "decoded_under_wrong_labels_in_the_step": ("train_step", "`train_step` encodes or decodes an image under another"),
    "terms_unhalved_in_the_step": ("train_step", "An update of D weighs"),
}


@pytest.fixture(scope="module")
def probes() -> dict[str, list[Trace]]:
    return {cell: practice_probes(cell, conditional=True) for cell in SEE}


def complaints(path: Path, cell: str, probes: dict[str, list[Trace]]) -> list[str]:
    return [one.text for one in test_sight.told(path, SEE[cell], probes[cell]) if one.sign is Sign.WRONG]


@pytest.mark.parametrize("name", RIGHT if test_sight.EVERYTHING else DELICATE)
def test_nothing_is_said_against_a_right_solution(name: str, probes: dict[str, list[Trace]]) -> None:
    for cell in SEE if test_sight.EVERYTHING else ("losses", "train_step"):
        assert complaints(SOLUTIONS / "right" / f"{name}.py", cell, probes) == []


@pytest.mark.parametrize("name", SAID)
def test_what_is_wrong_is_told_by_its_name(name: str, probes: dict[str, list[Trace]]) -> None:
    cell, wanted = SAID[name]
    said = complaints(SOLUTIONS / "wrong" / f"{name}.py", cell, probes)
    assert any(wanted in one for one in said), said
