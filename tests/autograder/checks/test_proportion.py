"""The terms of a conditional L_D are weighed against each other where both of them show."""

import pytest
import torch

from autograder.checks.outcome import CheckEnded
from checks.gan.proportion import fail_on_proportion, weights_of
from checks.gan.terms import SHARES, Term
from course_utils.gan.attribution.evidence import Call
from course_utils.gan.attribution.parts import Part
from course_utils.gan.attribution.scores import Reading

NOTHING = torch.zeros(0)
CALL = Call(0, "discriminator", True, (), NOTHING, NOTHING, NOTHING, None, NOTHING, NOTHING, False, True, 0, 0)
ALL = {"real up": 2.0, "wrong down": 1.0, "sample down": 1.0}  # weights


def update(weights: dict[str, float], silent: str = "") -> dict[Term, float | None]:
    """The weights of the terms in an update of D, which was called on silent images too."""
    parts = [
        Part(loss, CALL, 0, NOTHING, Reading(loss.split()[1], "bce", torch.tensor([weight]), torch.ones(1)))
        for loss, weight in weights.items()
    ]
    return weights_of(parts, SHARES, [silent])


def told(groups: list[dict[Term, float | None]]) -> str:
    with pytest.raises(CheckEnded) as ended:
        fail_on_proportion("An update", groups, SHARES)
    assert ended.value.mistake == "terms-weighted-wrongly"
    return ended.value.rationale


def without(loss: str) -> dict[str, float]:
    return {name: weight for name, weight in ALL.items() if name != loss}


@pytest.mark.parametrize("lost", ALL)
def test_a_term_of_which_d_is_too_sure_in_an_update_is_weighed_in_the_others(lost: str) -> None:
    fail_on_proportion("An update", [update(ALL), update(without(lost), lost.split()[0]), update(ALL)], SHARES)


@pytest.mark.parametrize("left_out", ALL)
def test_a_term_that_an_update_leaves_out_weighs_less(left_out: str) -> None:
    assert "times as much" in told([update(ALL), update(without(left_out))] * 4)


def test_terms_with_an_update_of_their_own_are_weighed_over_all_updates() -> None:
    fail_on_proportion("An update", [update({loss: weight}) for loss, weight in ALL.items()] * 3, SHARES)


def test_real_images_may_be_halved_between_two_updates() -> None:
    pairs = [update({"real up": 1.0, loss: 1.0}) for loss in ("wrong down", "sample down")]
    fail_on_proportion("An update", pairs * 3, SHARES)


def test_terms_that_take_turns_may_end_uneven() -> None:
    turns = [update({"real up": 1.0, loss: 1.0}) for loss in ("wrong down", "sample down")]
    fail_on_proportion("An update", [*turns * 4, turns[0]], SHARES)


@pytest.mark.parametrize("again", ["wrong down", "sample down"])
def test_one_more_update_on_a_term_alone_is_told(again: str) -> None:
    told([update(ALL), update({again: ALL[again]})] * 4)


@pytest.mark.parametrize("loss", ALL)
def test_a_term_that_weighs_twice_as_much_is_told(loss: str) -> None:
    told([update(ALL | {loss: 2 * ALL[loss]})] * 2)
