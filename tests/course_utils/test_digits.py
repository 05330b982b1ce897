"""Digits that are moved: still the same digits, the same for equal seeds, and in loaders as short as they must be."""

import pytest
import torch

from course_utils.classifier import load_classifier
from course_utils.data import mnist_images
from course_utils.digits import load_digits, move_digits


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_moved_digits_are_recognized_and_are_in_no_data_set() -> None:
    images, labels = (part[:500] for part in mnist_images(train=False))
    moved = move_digits(images, generator(0))
    assert moved.dtype == torch.uint8 and moved.shape == images.shape
    assert not (moved.flatten(1)[:, None] == images.flatten(1)[None]).all(-1).any()
    recognized = load_classifier()(moved.flatten(1) / 255).argmax(1) == labels
    assert recognized.float().mean() > 0.9


def test_equal_seeds_move_digits_alike_and_other_seeds_do_not() -> None:
    images = mnist_images(train=True)[0][:20]
    assert torch.equal(move_digits(images, generator(3)), move_digits(images, generator(3)))
    assert not torch.equal(move_digits(images, generator(3)), move_digits(images, generator(4)))


def test_a_moved_loader_gives_the_same_images_in_each_epoch() -> None:
    loader = load_digits(50, number=50, moved=True)
    sums = [torch.cat([images.flatten(1).sum(1) for images, _ in loader]).sort().values for _ in range(2)]
    assert torch.equal(*sums)


def test_loaders_are_as_short_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(load_digits(64).dataset) == 60_000
    assert [len(labels) for _, labels in load_digits(64, number=100)] == [64, 36]
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "3")
    assert len(load_digits(64)) == 3
    assert [len(labels) for _, labels in load_digits(64, number=100)] == [64, 36]
