"""The forms that an applied gradient may have are told from a gradient of something else."""

import torch
from hypothesis import example, given
from hypothesis import strategies as st

from course_utils.gan.attribution.applied import is_clipped_by_value

WEIGHTS, SHAPES = torch.zeros(60, dtype=torch.float64), [torch.Size([60])]


def normal(seed: int) -> torch.Tensor:
    return torch.randn(60, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(seed=st.integers(0, 10**6), limit=st.floats(0.05, 3), before=st.floats(0.01, 10), after=st.floats(0.01, 10))
@example(seed=1343, limit=0.05, before=8.078125, after=1.0)  # of 60 numbers one is not cut off, and nearly
def test_clipping_by_value_is_known_whatever_scales_the_gradient_before_and_after(
    seed: int, limit: float, before: float, after: float
) -> None:
    expected = normal(seed)
    applied = after * (before * expected).clamp(-limit, limit)
    assert is_clipped_by_value(applied, expected, WEIGHTS, SHAPES)
    assert not is_clipped_by_value(-applied, expected, WEIGHTS, SHAPES)


@given(seed=st.integers(0, 10**6))
def test_another_gradient_is_no_clipped_one(seed: int) -> None:
    assert not is_clipped_by_value(normal(seed + 1), normal(seed), WEIGHTS, SHAPES)
