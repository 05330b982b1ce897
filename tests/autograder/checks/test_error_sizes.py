"""The sizes for which a function failed, as a message tells them, are those of the run."""

import pytest

from autograder.checks.outcome import CheckEnded
from checks.gan.student_errors import Error, Experiment, fail_on_errors


def said(*experiments: Experiment) -> str:
    with pytest.raises(CheckEnded) as ended:
        fail_on_errors("f", experiments)
    return f"{ended.value.rationale} {ended.value.help}"


def test_sizes_in_a_message_are_those_of_the_run() -> None:
    error = Error("RuntimeError", "no", "x = y", "f")
    fine = Experiment("64 images with latent vectors of 64 numbers", None, 64, usual=True)
    message = said(
        fine,
        Experiment("7 images with latent vectors of 3 numbers", error, 7),
        Experiment("1 image with latent vectors of 4 numbers", error, 1),
    )
    assert "failed for 7 images with latent vectors of 3 numbers; 1 image with latent vectors of 4 numbers)" in message
    assert "mini-batch of a single image" in said(fine, Experiment("1 image", error, 1))
    of_classes = said(Experiment("labels of 10 classes", None, usual=True), Experiment("labels of 3 classes", error))
    assert "failed for labels of 3 classes)" in of_classes
    assert "image" not in of_classes
    assert "homework's own sizes" not in said(Experiment("64 images", error, 64, usual=True), Experiment("7", error, 7))
    later = Experiment("7 images", error, 7, began=True)  # of sizes that the first step had, too
    assert "homework's own sizes" not in said(fine, later)
    assert "homework's own sizes" in said(fine, later, Experiment("3 images", error, 3))
