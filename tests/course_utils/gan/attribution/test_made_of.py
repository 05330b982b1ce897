"""An image of G is known again behind what was put on it, by how it changes where G's images are moved."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from course_utils.gan.attribution.made_of import images_behind

SIDE = 14
PUT_ON: dict[str, Callable[[Tensor], Tensor]] = {
    "nothing": lambda x: x,
    "noise": lambda x: x + 0.3 * torch.randn(x.shape, generator=torch.Generator().manual_seed(3)),
    "dropout": lambda x: x * (torch.rand(x.shape, generator=torch.Generator().manual_seed(3)) < 0.7) / 0.7,
    "brightness": lambda x: 0.6 * x + 0.2,
    "shift": lambda x: x.view(-1, SIDE, SIDE).roll((1, -1), (1, 2)).flatten(1),
    "mirrored": lambda x: x.view(-1, SIDE, SIDE).flip(2).flatten(1),
    "cut out": lambda x: x * (torch.arange(SIDE * SIDE) // SIDE > 4),
}


@pytest.fixture
def images() -> Tensor:
    """What an untrained G makes: logits that differ by little, so images that look alike."""
    return 0.1 * torch.randn(16, SIDE * SIDE, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("put_on", PUT_ON)
@pytest.mark.parametrize("moved", [0.2, 0.02])
def test_each_row_is_traced_to_its_image(images: Tensor, put_on: str, moved: float) -> None:
    before, after = (PUT_ON[put_on](logits.sigmoid()).double() for logits in (images, images + moved))
    of_images = ((images + moved).sigmoid() - images.sigmoid()).double()
    assert [images_behind(change, of_images)[:1] for change in after - before] == [[i] for i in range(16)]


@pytest.mark.parametrize("other", ["image", "unmoved", "other way"])
def test_what_is_no_image_of_these_is_traced_to_none(images: Tensor, other: str) -> None:
    of_images = ((images + 0.2).sigmoid() - images.sigmoid()).double()
    changes = {"image": of_images[0], "unmoved": torch.zeros_like(of_images[0]), "other way": -of_images[1]}
    assert images_behind(changes[other], of_images[1:]) == []
