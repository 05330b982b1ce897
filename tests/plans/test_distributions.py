"""Looks at random numbers: what is drawn rightly passes on every seed, and other distributions are told."""

import re
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.plans import Ask, Result, expect, slip
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Complaint, Run, Seen, look
from tests.plans.looking import complaint, seen

KEPT = {0.0: 0.25, 1 / 0.75: 0.75}  # the mask of a dropout of 1/4


def mask(share: float, value: float, n: int = 4_000, seed: int = 0) -> Tensor:
    kept = torch.rand(n // 40, 40, generator=torch.Generator().manual_seed(seed)) < share
    return value * kept


@pytest.mark.parametrize(
    ("got", "mistake", "said"),
    [
        (mask(0.25, 1 / 0.75), "kept-for-dropped", r"has 0 in a share of 0\.7\d\d of 4000 draws, expected 0\.25"),
        (mask(0.75, 1.0), "not-scaled", r"holds 1, expected only 0, 1\.33"),
        (mask(0.65, 1 / 0.75), "wrong-distribution", r"has 0 in a share of 0\.3\d\d"),
        (torch.full((400,), 1 / 0.75), "wrong-distribution", r"has 0 in a share of 0\.000 of 400 draws"),
        (mask(0.75, 1 / 0.75, 80), "wrong-shape", "got 80 numbers, expected 100 or more"),
        (mask(0.75, torch.nan), "not-finite", "infinite or not a number"),
        ([0, 1], "wrong-shape", "got 2 numbers, expected 100 or more"),
        ([0, 1] * 50 + ["a"], "wrong-type", r"`f\[100\]`"),
        ("0101", "wrong-type", "expected a tensor"),
        ([1 / 0.75] * 100, "wrong-distribution", "has 0 in a share of 0.000"),
        ([torch.nan] * 100, "not-finite", "infinite or not a number"),
    ],
)
def test_values_that_come_too_often_or_not_at_all_are_told(got: Any, mistake: str, said: str) -> None:
    slips = [
        (slip("kept-for-dropped", "p is the share that is dropped."), {0.0: 0.75, 1 / 0.75: 0.25}),
        (slip("not-scaled", "Divide by 1 - p."), {0.0: 0.25, 1.0: 0.75}),
    ]
    found = complaint("has_frequencies", got, probabilities=KEPT, slips=slips)
    assert found is not None and found.mistake == mistake
    assert re.search(said, found.says)


def test_right_frequencies_pass_on_every_seed_and_certain_values_too() -> None:
    for seed in range(300):
        assert complaint("has_frequencies", mask(0.75, 1 / 0.75, 200, seed), probabilities=KEPT) is None
    assert complaint("has_frequencies", [0, 1, 1, torch.tensor(1)] * 50, probabilities={0: 0.25, 1: 0.75}) is None
    die = torch.randint(1, 7, (5_000,), generator=torch.Generator().manual_seed(0))
    assert complaint("has_frequencies", die, probabilities=dict.fromkeys(range(1, 7), 1 / 6)) is None
    assert complaint("has_frequencies", torch.ones(200), probabilities={1: 1.0, 2: 0.0}) is None
    assert complaint("has_frequencies", torch.ones(200), probabilities={1: 0.0, 2: 1.0}) is not None


def test_probabilities_that_are_none_are_told_to_the_author() -> None:
    ask = Ask("cell", 0)
    ask.call("f")
    result = Result(Seen(Run(ask.built, run_plan(ask.built, ask.tensors, {"f": lambda: mask(0.75, 1.0)})), 0))
    for wrong in ({0: 0.5, 1: 0.4}, {0: -0.5, 1: 1.5}, {}):
        with pytest.raises(ValueError, match="do not add up to 1"):
            expect(result).has_frequencies(wrong)
    expect(result).has_frequencies({0: 0.25, 1: 0.75})


@pytest.mark.parametrize(
    ("draw", "mistake"),
    [
        (lambda: 1 + 2 * torch.randn(400, 5), ""),
        (lambda: 1 + 2 * torch.distributions.Laplace(0.0, 0.5**0.5).sample((400, 5)), "wrong-distribution"),
        (lambda: 1 + 2 * 12**0.5 * (torch.rand(400, 5) - 0.5), "wrong-distribution"),
        (lambda: 1 + 2.6 * torch.randn(400, 5), "wrong-distribution"),
        (lambda: 1.5 + 2 * torch.randn(400, 5), "wrong-distribution"),
        (lambda: 1 + 4 * torch.randn(400, 5), "variance"),
        (lambda: torch.ones(400, 5), "wrong-distribution"),
        (lambda: torch.randn(3), "wrong-shape"),
    ],
)
def test_distributions_are_told_apart(draw: Any, mistake: str) -> None:
    torch.manual_seed(0)
    slips = [(slip("variance", "This is the variance."), (1.0, 4.0))]
    found = complaint("is_normal", draw(), mean=1.0, std=2.0, slips=slips)
    assert (found.mistake if found else "") == mistake


def test_right_samples_are_never_failed_by_chance() -> None:
    for seed in range(300):
        torch.manual_seed(seed)
        assert complaint("is_normal", torch.randn(200)) is None
        assert complaint("is_uniform", torch.rand(200)) is None


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (torch.zeros(3, 2), torch.zeros(3, 2), "holds no random numbers"),
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "the same at each call"),
        (torch.tensor([[1.0, 2.0]] * 2), torch.tensor([[3.0, 2.0]] * 2), "in every row"),
        (torch.tensor([[1.0, 1.0], [2.0, 2.0]]), torch.tensor([[3.0, 2.0]] * 2), "in every column"),
    ],
)
def test_what_is_not_random_is_told(one: Tensor, two: Tensor, said: str) -> None:
    first, second = seen([one, two], times=2)
    with pytest.raises(Complaint, match=said):
        look("is_random", first, {"again": second})
