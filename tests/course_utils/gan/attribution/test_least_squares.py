"""Fits of what a trace holds, which may be anything."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from checks.gan import series
from course_utils.gan.attribution.least_squares import least_squares

NUMBERS = torch.arange(1.0, 6.0, dtype=torch.float64)
NONE = [torch.nan, torch.inf, -torch.inf]


def with_a(number: float) -> Tensor:
    return torch.where(NUMBERS == 3, number, NUMBERS)


def test_factors_are_those_of_which_the_values_are_made() -> None:
    design = torch.stack([NUMBERS, NUMBERS.square()], dim=1)
    torch.testing.assert_close(
        least_squares(design, 3 * NUMBERS - 2 * NUMBERS.square()), torch.tensor([3.0, -2.0]).double()
    )


def test_of_columns_that_are_equal_each_takes_its_half() -> None:
    factors = least_squares(torch.stack([NUMBERS, NUMBERS], dim=1), NUMBERS)
    torch.testing.assert_close(factors, torch.tensor([0.5, 0.5]).double())


@pytest.mark.parametrize("number", NONE)
def test_numbers_that_are_none_are_fitted_by_none(number: float) -> None:
    assert least_squares(with_a(number)[:, None], NUMBERS).isnan().all()
    assert least_squares(NUMBERS[:, None], with_a(number)).isnan().all()


@pytest.mark.parametrize("number", [*NONE, 0.0])
@pytest.mark.parametrize(
    "is_made_of",
    [
        series.is_mean_so_far,
        series.is_average,
        series.is_function,
        lambda one, other: series.is_sum(one, other, NUMBERS.square()),
        lambda one, other: series.is_total(one, {"a": [other], "b": [NUMBERS.square()], "c": [NUMBERS.sqrt()]}),
    ],
)
def test_a_series_with_such_a_number_is_made_of_no_other(
    is_made_of: Callable[[Tensor, Tensor], bool], number: float
) -> None:
    every = torch.full_like(NUMBERS, number)
    for broken in (with_a(number), every):
        assert not is_made_of(broken, NUMBERS)
        assert not is_made_of(NUMBERS, broken)
