"""A small model and a step that trains it, for tests of experiments."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.models import Model


def small_model() -> Model:
    torch.manual_seed(1)
    return Model(number_of_hidden_layers=1, input_size=64, hidden_size=8, latent_size=3)


def given(gradient: Tensor | None) -> Tensor:
    assert gradient is not None
    return gradient


def adversarial(model: Model, optimizer: torch.optim.Optimizer) -> Callable[[dict[str, Tensor]], Any]:
    def act(data: dict[str, Tensor]) -> Tensor:
        z = torch.randn(len(data["x_real"]), model.latent_size)
        p, q = model.discriminator(data["x_real"]), model.discriminator(model.generator(z))
        loss = F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))
        loss = loss + F.mse_loss(model.generator(model.encoder(data["x_real"])), data["x_real"])
        loss.backward()
        optimizer.step()
        return loss

    return act
