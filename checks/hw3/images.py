"""The images of the training check: digits at a quarter of the size, moved about, in black and white.

Hidden images are test images of MNIST, but each moved by its own random vector before it is made smaller: nobody has
seen them, and to look the originals up helps with nothing.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.binary_vae import to_black_and_white
from course_utils.data import mnist_images

SIDE = 14
PIXELS = SIDE * SIDE
MOVES = 3  # pixels of the large image, in each direction


def small_digits(n: int, train: bool, random: torch.Generator) -> Tensor:
    """n different digits in random order, zeros and ones, (n, PIXELS)."""
    images, _ = mnist_images(train)
    chosen = images[torch.randperm(len(images), generator=random)[:n]].float() / 255  # (n, 28, 28)
    padded = F.pad(chosen, (MOVES,) * 4)
    corners = torch.randint(2 * MOVES + 1, (n, 2), generator=random).tolist()
    moved = [image[top : top + 28, left : left + 28] for image, (top, left) in zip(padded, corners, strict=True)]
    return to_black_and_white(F.avg_pool2d(torch.stack(moved)[:, None], 2)).flatten(1)
