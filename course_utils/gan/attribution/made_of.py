"""Which image of G a row of D's input was made of, where something was put on it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this serves the naming of rows
(`origins`). Noise, dropout, brightness or a shift are drawn alike in all runs of an experiment. So the difference
between a row in two runs, between which G's images were moved, is free of what was added to the image, and tells which
image it was: images that look alike are still told apart.
"""

from torch import Tensor

ALIKE = 3e-4  # relative; float32 leaves 1e-6 to 3e-5, another image of an untrained G 5e-3


def image_behind(change: Tensor, of_images: Tensor) -> int | None:
    """Which of some images changed as a row did; None if no one did.

    The row may be brighter or darker than the image, lack some of its pixels, or have them in other places.

    Args:
        change: of the row, (pixels,).
        of_images: changes of the images, (images, pixels).
    """
    if not bool(change.any()):
        return None
    in_place = change, of_images * (change != 0)
    anywhere = change.sort().values, of_images.sort(dim=1).values
    for own, others in (in_place, anywhere):
        factors = (others @ own) / others.square().sum(dim=1).clamp(min=1e-300)  # (images,)
        left = (own - factors[:, None] * others).norm(dim=1) / own.norm()
        best = int(left.argmin())
        if float(left[best]) <= ALIKE and float(factors[best]) > 0:
            return best
    return None
