"""The terms of a conditional L_D are weighed against each other where both of them show."""

import pytest
import torch

from autograder.checks.outcome import CheckEnded
from checks.gan.forms import fail_on_proportion
from checks.gan.terms import SHARES
from course_utils.gan.attribution.evidence import Call
from course_utils.gan.attribution.parts import Part
from course_utils.gan.attribution.scores import Reading

NOTHING = torch.zeros(0)
CALL = Call(0, "discriminator", True, (), NOTHING, NOTHING, NOTHING, None, NOTHING, NOTHING, False, True, 0, 0)
ALL = {"real up": 2.0, "wrong down": 1.0, "sample down": 1.0}  # weights


def update(weights: dict[str, float]) -> list[Part]:
    """The parts of an update of D, each with its weight."""
    return [
        Part(loss, CALL, 0, NOTHING, Reading(loss.split()[1], "bce", torch.tensor([weight]), torch.ones(1)))
        for loss, weight in weights.items()
    ]


def without(loss: str) -> dict[str, float]:
    """The weights of an update in which D is so sure that the gradient of one term is lost."""
    return {name: weight for name, weight in ALL.items() if name != loss}


@pytest.mark.parametrize("lost", ALL)
def test_a_term_that_an_update_does_not_show_is_not_missing_in_the_others(lost: str) -> None:
    fail_on_proportion("An update", [update(ALL), update(without(lost)), update(ALL)], SHARES)


def test_terms_with_an_update_of_their_own_are_weighed_over_all_updates() -> None:
    fail_on_proportion("An update", [update({loss: weight}) for loss, weight in ALL.items()] * 3, SHARES)


@pytest.mark.parametrize("loss", ALL)
def test_a_term_that_weighs_twice_as_much_is_told(loss: str) -> None:
    with pytest.raises(CheckEnded) as ended:
        fail_on_proportion("An update", [update(ALL | {loss: 2 * ALL[loss]})] * 2, SHARES)
    assert ended.value.mistake == "terms-weighted-wrongly"
