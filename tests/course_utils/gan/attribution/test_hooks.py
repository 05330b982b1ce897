"""Which factors between two gradients are those of a hook that turns one loss of G into the other."""

import pytest
import torch

from course_utils.gan.attribution.hooks import turned_by_hook

LOGITS = torch.linspace(-2, 1.5, 8, dtype=torch.float64)
SCORES = LOGITS.sigmoid()
GRADIENT = torch.randn(8, 12, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize(
    "factors",
    [
        (1 - SCORES) / SCORES,
        -(1 - SCORES) / SCORES,
        3 * SCORES / (1 - SCORES),
        -((1 - SCORES) / SCORES).clamp(max=2.5),
    ],
)
def test_the_ratio_of_a_score_to_what_is_left_of_one_is_found(factors: torch.Tensor) -> None:
    found = turned_by_hook(factors[:, None] * GRADIENT, GRADIENT, LOGITS)
    assert found is not None
    torch.testing.assert_close(found[:, 0], factors)


@pytest.mark.parametrize(
    "factors",
    [
        2 * SCORES * (1 - SCORES),  # what is left is the gradient of least squares
        SCORES,  # ... and of a score as it is
        torch.cat([torch.ones(1), torch.full((7,), 1e-5)]).double(),
        torch.cat([torch.ones(1), torch.zeros(7)]).double(),
        torch.where(torch.arange(8) % 2 == 0, 1.0, -1.0).double(),
    ],
)
def test_other_factors_are_not(factors: torch.Tensor) -> None:
    assert turned_by_hook(factors[:, None] * GRADIENT, GRADIENT, LOGITS) is None


def test_what_is_no_multiple_of_each_row_is_not() -> None:
    assert turned_by_hook(GRADIENT.flip(1), GRADIENT, LOGITS) is None
