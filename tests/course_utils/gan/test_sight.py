"""What students of homework 2 are told at once: nothing against a right solution, and what is plainly wrong in others.

`told.txt` holds every wrong solution that the visible checks mark, with the test cells that do. A part of them is tried
in each run, and all of them, with all right ones, if COURSE_ALL_SOLUTIONS is set.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.selftest import running
from autograder.selftest.designs.compose import compose
from course_utils.gan import sight
from course_utils.gan.practice import practice_probes
from course_utils.gan.probe import run_probe
from coursekit.said import Said, Sign
from coursekit.trace import Trace

SOLUTIONS = Path(__file__).parents[3] / "solutions" / "hw2"
SEE: dict[str, Callable[..., list[Said]]] = {
    "optimizers": sight.see_optimizers,
    "losses": sight.see_losses,
    "train_step": sight.see_train_step,
}
EVERYTHING = bool(os.environ.get("COURSE_ALL_SOLUTIONS"))
TOLD = {
    name: tuple(cells)
    for name, *cells in (line.split() for line in Path(__file__).with_name("told.txt").read_text().splitlines())
}
# Solutions in whose styles a cell that looks too closely would stumble.
DELICATE = (
    "instance_noise",
    "maximizing_discriminator",
    "noisy_labels",
    "saturating_sgd_discriminator",
    "undetached_but_zeroed",
)
RIGHT_BLIND_SPOTS = (
    "functional_linear",
    "autocast_bfloat16",
    "gradient_penalty",
    "gradient_stopped_by_hook",
    "gradients_from_a_copy",
    "history_of_fakes",
    "image_size_written_down",
    "l2_inside_the_discriminator_loss",
    "labels_flipped_at_random",
    "layers_called_one_by_one",
    "looks_ahead",
    "model_in_bfloat16",
    "own_optimizer_class",
)
EVERY = 10  # of the wrong ones that are told, so many are left out for one that is tried
# What is said of some, of every kind of mistake that the notebook names.
SAID = {
    "swapped_labels_and_summed": (
        "losses",
        "`discriminator_loss` grows with the mini-batch",
        "`discriminator_loss` falls when D calls real images fake and samples real",
    ),
    "generator_towards_fake": ("losses", "`generator_loss` falls when D calls samples fake"),
    "sum_over_pixels": ("losses", "`autoencoder_loss` is 784 times the mean"),
    "divided_by_batch_twice": ("losses", "shrinks with the mini-batch"),
    "code_through_a_sigmoid": ("losses", "`autoencoder_loss` gives G something else than the code E(x)"),
    "reals_missing_in_discriminator_loss": ("losses", "does not change with D's scores of real images"),
    "fakes_not_detached": ("train_step", "of an update of G makes what G draws easier to recognize as fake"),
    "generator_step_moves_discriminator": ("train_step", "of an update of D makes it call samples real"),
    "forgot_zero_grad": ("train_step", "was left over from before its last update"),
    "uniform_noise": ("train_step", "not drawn from N(0, I)"),
    "one_z_for_all_steps": ("train_step", "The latent vectors are the same in all"),
    "optimizers_made_in_the_step": ("train_step", "is not one of the given `optimizers`"),
    "state_of_optimizers_cleared": ("train_step", "remember of earlier gradients is gone at the next step"),
    "encoder_has_no_optimizer": ("optimizers", "No optimizer holds the parameters of the encoder"),
    "learning_rate_hard_coded": ("optimizers", "alike: pass the argument `lr` on"),
}


@pytest.fixture(scope="module")
def probes() -> dict[str, list[Trace]]:
    return {cell: practice_probes(cell) for cell in SEE}


def told(path: Path, see: Callable[..., list[Said]], probes: list[Trace]) -> list[Said]:
    with running(path) as module, tempfile.TemporaryDirectory() as name:
        recorded = [(probe, Path(name) / str(number)) for number, probe in enumerate(probes)]
        for probe, folder in recorded:
            run_probe(probe, vars(module), folder)
        return see(recorded)


def complaints(path: Path, cell: str, probes: dict[str, list[Trace]]) -> list[str]:
    return [one.text for one in told(path, SEE[cell], probes[cell]) if one.sign is Sign.WRONG]


def names(kind: str) -> list[str]:
    return sorted(path.stem for path in (SOLUTIONS / kind).glob("*.py"))


@pytest.mark.parametrize("name", names("right") if EVERYTHING else DELICATE)
def test_nothing_is_said_against_a_right_solution(name: str, probes: dict[str, list[Trace]]) -> None:
    for cell in SEE:
        assert complaints(SOLUTIONS / "right" / f"{name}.py", cell, probes) == []


@pytest.mark.parametrize("name", RIGHT_BLIND_SPOTS if EVERYTHING else RIGHT_BLIND_SPOTS[:1])
def test_nothing_is_said_against_what_cannot_be_judged_and_is_right(name: str, probes: dict[str, list[Trace]]) -> None:
    for cell in SEE:
        assert complaints(SOLUTIONS / "blind_spots" / f"{name}.py", cell, probes) == []


@pytest.mark.parametrize("number", range(100) if EVERYTHING else (7,))
def test_nothing_is_said_against_a_composed_design(number: int, tmp_path: Path, probes: dict[str, list[Trace]]) -> None:
    path = tmp_path / "design.py"
    path.write_text(compose(number).source, encoding="utf-8")
    for cell in SEE:
        assert complaints(path, cell, probes) == []


@pytest.mark.parametrize("name", SAID)
def test_what_is_wrong_is_told_by_its_name(name: str, probes: dict[str, list[Trace]]) -> None:
    cell, *wanted = SAID[name]
    said = complaints(SOLUTIONS / "wrong" / f"{name}.py", cell, probes)
    assert all(any(want in one for one in said) for want in wanted), said


@pytest.mark.parametrize("name", list(TOLD)[:: 1 if EVERYTHING else EVERY])
def test_a_wrong_solution_that_was_told_is_told_still(name: str, probes: dict[str, list[Trace]]) -> None:
    cell = TOLD[name][0]
    assert complaints(SOLUTIONS / "wrong" / f"{name}.py", cell, probes)


def test_most_wrong_solutions_are_told_and_every_kind_that_the_notebook_names() -> None:
    assert set(TOLD) <= set(names("wrong"))
    assert len(TOLD) >= LEAST
    assert set(SAID) <= set(TOLD)


LEAST = 108  # of the wrong solutions in solutions/hw2
