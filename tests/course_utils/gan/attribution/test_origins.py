"""Rows of inputs are told by what they equal, and by how they move."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.gan.attribution.origins import SAME, _distances, _real_by_its_move, _same
from course_utils.gan.moves import MOVES, OF_X, move_images
from course_utils.gan.spread import real_digits


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


def turned_grid(shape: list[int]) -> Tensor:
    by_15_degrees = torch.tensor([[[0.97, -0.26, 0], [0.26, 0.97, 0]]]).double()
    return F.affine_grid(by_15_degrees.expand(shape[0], 2, 3), shape, align_corners=False)


CHANGES: dict[str, Callable[[Tensor], Tensor]] = {  # of images (n, 1, side, side)
    "noise": lambda x: x + 0.2 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0)),
    "brightness": lambda x: 0.7 * x + 0.1,
    "cut out": lambda x: F.pad(x[:, :, 8:, :], (0, 0, 8, 0)),
    "shifted round the edge": lambda x: x.roll((2, -1), (2, 3)),
    "shifted into black": lambda x: F.pad(x, (2, -2, 1, -1)),
    "mirrored": lambda x: x.flip(3),
    "transposed": lambda x: x.transpose(2, 3),
    "turned": lambda x: F.grid_sample(x, turned_grid(list(x.shape)), align_corners=False),
    "cropped": lambda x: F.interpolate(x[:, :, 3:, 3:], x.shape[2:], mode="bilinear"),
    "blurred": lambda x: F.avg_pool2d(x, 3, 1, 1),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("pixels", [196, 784])
def test_a_changed_real_image_is_taken_for_no_other_one(name: str, pixels: int) -> None:
    side = round(pixels**0.5)
    for seed in range(5):
        batch = real_digits(16, pixels, torch.Generator().manual_seed(seed))[0].double()
        patterns = move_images(batch, MOVES[OF_X].pixels) - batch
        before, after = (CHANGES[name](x.view(-1, 1, side, side)).flatten(1) for x in (batch, batch + patterns))
        rows = [_real_by_its_move(moved, patterns, 1.0) for moved in after - before]
        assert {row.kind for row in rows} == {"real"}
        assert all(row.index in (i, -1) for i, row in enumerate(rows))
        if name in ("noise", "brightness", "shifted round the edge", "mirrored", "transposed"):
            assert [row.index for row in rows] == list(range(16))
