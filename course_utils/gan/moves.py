"""What is moved in an experiment, and how far.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* both sides must know this:
those who take a step again (`course_utils.gan.experiments`), and those who read what became of it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

BLOCK = 4  # images are moved in blocks of that many pixels each way, so that a shift by a pixel leaves the pattern


@dataclass(frozen=True)
class Move:
    """What is moved in a run.

    Attributes:
        scores: added to the last bias of D, so to all its logits.
        images: added to the last bias of G, so to all its images before the sigmoid.
        pixels: how far the real images are moved, each by a pattern of its own (`move_images`).
        mute: D passes no gradient on: what still arrives before it came by another way.
    """

    scores: float = 0.0
    images: float = 0.0
    pixels: float = 0.0
    mute: bool = False

    def times(self, share: float) -> "Move":
        return Move(share * self.scores, share * self.images, share * self.pixels, self.mute)


# D is mute in all of them, so that what still arrives at G and E is the reconstruction alone. The moves of D's bias are
# small, since steps may branch on scores, and large enough that the curve of another loss than cross-entropy shows:
# least squares leave 3 % of the change of the gradient, rounding 0.001 %.
# Where a step takes another course nevertheless, a tenth of the moves mostly does not reach the threshold.
SHARES = (1.0, 0.1)
STILL, OF_G, OF_X = "scores", "images of G", "real images"
MOVES = {
    STILL: Move(scores=0.15, mute=True),
    OF_G: Move(scores=-0.15, images=0.2, mute=True),
    OF_X: Move(pixels=0.2, mute=True),
}


def move_images(images: Tensor, amount: float) -> Tensor:
    """Real images `(n, pixels)` in [0, 1], each moved in every second block of pixels, in a pattern of its own."""
    n, pixels = images.shape
    side = round(pixels**0.5)
    place = torch.arange(pixels)
    block = (place // side) // BLOCK * side + (place % side) // BLOCK if side * side == pixels else place // BLOCK
    chosen = torch.rand(n, int(block.max()) + 1, generator=torch.Generator().manual_seed(0)) < 0.5  # (n, blocks)
    return images + amount * chosen[:, block] * (1 - 2 * images)
