"""A small digit classifier with its weights: the eye with which the course judges generated images.

This is course material; the quality meter and the check of class conditioning look through it. Its weights are made
by `scripts/train_classifier.py` and lie beside this file; it names 99.3 % of the MNIST test images rightly.
"""

from functools import cache
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor, nn

WEIGHTS = Path(__file__).parent / "digits.safetensors"
REAL = Path(__file__).parent / "test_images.safetensors"  # what `course_utils.quality` compares with
FEATURES = 64
CLASSES = 10


class DigitClassifier(nn.Module):
    """Two convolutions and two linear layers.

    Maps images, (n, 784) or (n, 1, 28, 28) in [0, 1], to logits, (n, 10).
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            nn.Conv2d(1, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, CLASSES)

    def features(self, images: Tensor) -> Tensor:
        """What the last hidden layer sees in `images`: (n, 64), none negative."""
        return self.body(images.flatten(1))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


@cache
def load_classifier() -> DigitClassifier:
    """The trained classifier, on the CPU, for judging only: its parameters want no gradients."""
    classifier = DigitClassifier()
    classifier.load_state_dict({name: tensor.float() for name, tensor in load_file(WEIGHTS).items()})
    return classifier.eval().requires_grad_(False)
