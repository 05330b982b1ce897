"""A small model and its training, which takes no time, and the epochs that it logs."""

import re

import torch
from torch import Tensor
from torch.optim import Optimizer

from course_utils.data import ImageLoader
from course_utils.models import Model
from course_utils.training import History, seed_everything, train

PIXELS = 16


def small_model() -> Model:
    seed_everything(0)
    return Model(1, PIXELS, 8, 3)


def small_loader(n: int = 10, batch_size: int = 4) -> ImageLoader:
    images = torch.randint(0, 256, (n, 4, 4), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    return ImageLoader(images, torch.arange(n), batch_size)


def reconstruction_step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, Tensor | float]:
    loss = torch.nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)
    optimizers["all"].zero_grad()
    loss.backward()
    optimizers["all"].step()
    return {"discriminator": 0.5, "generator": 2, "autoencoder": loss}


def run(num_epochs: int, **options: object) -> tuple[Model, History]:
    model = small_model()
    optimizers: dict[str, Optimizer] = {"all": torch.optim.Adam(model.parameters(), lr=0.01)}
    return model, train(model, reconstruction_step, optimizers, small_loader(), num_epochs, **options)  # type: ignore[arg-type]


def logged_epochs(output: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?:^|\r)Epoch: +(\d+) AE Loss", output, flags=re.MULTILINE)]
