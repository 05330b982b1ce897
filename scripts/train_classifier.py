"""Trains the digit classifier and describes the test images by it: `PYTHONPATH=. python scripts/train_classifier.py`.

Deterministic on one machine: seeds are fixed and one thread computes. Digits are moved by up to two pixels, so that a
generated digit need not stand just where those of MNIST do.
"""

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from course_utils.classifier import REAL, WEIGHTS, DigitClassifier, load_classifier
from course_utils.data import load_mnist, mnist_images
from course_utils.quality import describe

EPOCHS, BATCH_SIZE, LEARNING_RATE, SHIFT = 12, 128, 2e-3, 2


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    classifier, loader = DigitClassifier(), load_mnist(BATCH_SIZE, seed=0)
    optimizer = torch.optim.Adam(classifier.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, EPOCHS * len(loader))
    generator = torch.Generator().manual_seed(1)
    for epoch in range(EPOCHS):
        total = 0.0
        for images, labels in loader:
            loss = cross_entropy(classifier(moved(images, generator)), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"Epoch {epoch + 1:2}: loss {total / len(loader):.4f}")
    save_file({name: tensor.half().contiguous() for name, tensor in classifier.state_dict().items()}, WEIGHTS)
    load_classifier.cache_clear()
    test_images = mnist_images(train=False)[0].flatten(1).float() / 255
    save_file({name: tensor.contiguous() for name, tensor in describe(test_images).items()}, REAL)
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1024:.0f} KiB, {test_accuracy():.2%} of the test images are right.")


def moved(images: Tensor, generator: torch.Generator) -> Tensor:
    """The batch, moved as a whole by up to `SHIFT` pixels in each direction."""
    down, right = torch.randint(0, 2 * SHIFT + 1, (2,), generator=generator).tolist()
    height, width = images.shape[-2:]
    return pad(images, (SHIFT,) * 4)[..., down : down + height, right : right + width]


def test_accuracy() -> float:
    """Share of the 10,000 test images that the stored weights name rightly."""
    classifier = load_classifier()
    right = sum((classifier(images).argmax(1) == labels).sum().item() for images, labels in load_mnist(1000, False))
    return right / 10_000


if __name__ == "__main__":
    main()
