"""Digits to recognize: MNIST in loaders of any size, and the same digits turned, scaled and shifted.

This is course material: the first homework trains on these loaders, and its hidden images are digits that are moved in
this way. When a submission is graded the loaders are short, as `course_utils.training` says.
"""

import math
import os

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data import ImageLoader, mnist_images
from course_utils.training import apply_budget
from coursekit.budget import MAX_STEPS

ANGLE = 12.0  # degrees
SCALE = 0.1  # a digit is up to so much larger or smaller
SHIFT = 2.0  # pixels


def load_digits(
    batch_size: int,
    train: bool = True,
    number: int | None = None,
    moved: bool = False,
    shuffle: bool = True,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> ImageLoader:
    """Training or test images of MNIST in batches: (n, 1, 28, 28) in [0, 1], and labels (n,).

    Args:
        batch_size: images in a batch.
        train: the training images, or else the test images.
        number: how many of them, from the first; None for all.
        moved: whether each image is turned, scaled and shifted a little, once and for all.
        shuffle: whether they come in a new order in each epoch.
        seed: of the order, and of how they are moved.
        device: where the batches are.
    """
    images, labels = mnist_images(train)
    steps = math.ceil(min(number or len(images), len(images)) / batch_size)
    wanted = min(number or len(images), batch_size * min(steps, int(os.environ.get(MAX_STEPS) or steps)))
    images, labels = images[:wanted], labels[:wanted]
    if moved:
        images = move_digits(images, torch.Generator().manual_seed(seed))
    return ImageLoader(images, labels, batch_size, shuffle=shuffle, seed=seed, device=device)


def move_digits(images: Tensor, random: torch.Generator) -> Tensor:
    """Each of the images, uint8 (n, height, width), turned, scaled and shifted a little at random."""
    n, height, width = images.shape
    angle, scale, right, down = torch.rand(4, n, generator=random) * 2 - 1  # each (n,), from -1 to 1
    angle, scale = angle * math.radians(ANGLE), 1 + scale * SCALE
    cos, sin = angle.cos() / scale, angle.sin() / scale
    rows = torch.stack([cos, -sin, right * 2 * SHIFT / width, sin, cos, down * 2 * SHIFT / height], dim=1)
    grid = F.affine_grid(rows.view(n, 2, 3), [n, 1, height, width], align_corners=False)
    moved = F.grid_sample(images.unsqueeze(1).float(), grid, align_corners=False)  # (n, 1, height, width)
    return moved.squeeze(1).round().to(torch.uint8)


def epochs_to_run(num_epochs: int) -> int:
    """So many, or fewer where a run is to be short, which is then printed."""
    return apply_budget(num_epochs, 1)[0]
