"""Rows of inputs are told by what they equal."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.gan.attribution.origins import SAME, _distances, _same


@settings(max_examples=50, deadline=None)
@given(width=st.integers(1, 40), scale=st.sampled_from([1e-3, 1.0, 1e6]), seed=st.integers(0, 2**31))
def test_rows_equal_those_that_are_near_in_whatever_direction(width: int, scale: float, seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    rows = scale * torch.rand(5, width, generator=random, dtype=torch.float64)
    limit = SAME * width**0.5
    directions = torch.stack([torch.ones(width), torch.eye(width)[0], torch.randn(width, generator=random)]).double()
    directions /= directions.norm(dim=1, keepdim=True)
    moves = torch.tensor([-1.01, -0.99, 0.0, 0.5, 0.99, 1.01])[:, None, None] * limit * directions  # (6, 3, width)
    candidates = (rows[:, None, None] + moves).reshape(-1, width)
    near = _distances(rows, candidates) < limit
    assert _same(rows, candidates) == [row.nonzero()[:, 0].tolist() for row in near]
    assert bool(near.any())
