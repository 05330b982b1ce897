"""Which image a row of D's input was made of, where something was put on it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this serves the naming of rows
(`origins`). Noise, dropout, brightness or a shift are drawn alike in all runs of an experiment. So the difference
between a row in two runs, between which G's images were moved, is free of what was added to the image, and tells which
image it was: images that look alike are still told apart.
"""

from collections.abc import Iterator

from torch import Tensor

ALIKE = 3e-4  # relative; float32 leaves 1e-6 to 3e-5, another image of an untrained G 5e-3


def images_behind(change: Tensor, of_images: Tensor) -> list[int]:
    """Which of some images changed as a row did, the likeliest first; mostly one, or none.

    The row may be brighter or darker than the image, lack some of its pixels, or have them in other places.

    Args:
        change: of the row, (pixels,).
        of_images: changes of the images, (images, pixels).
    """
    if not bool(change.any()):
        return []
    for own, others in _ways(change, of_images):
        factors = (others @ own) / others.square().sum(dim=1).clamp(min=1e-300)  # (images,)
        left = (own - factors[:, None] * others).norm(dim=1) / own.norm()
        alike = (left <= ALIKE) & (factors > 0)
        if bool(alike.any()):
            return [i for i in left.argsort(stable=True).tolist() if bool(alike[i])]
    return []


def _ways(change: Tensor, of_images: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Both, so that they can be compared pixel by pixel: in their places, and wherever they are."""
    yield change, of_images * (change != 0)
    yield change.sort().values, of_images.sort(dim=1).values
