"""Right: typed code with the losses as small nn.Module classes, Adafactor, and retain_graph for shared fakes."""
from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn, optim

GEN_WEIGHT: Final = 0.1


class RealFakeLoss(nn.Module):
    """BCE against a constant label."""

    def __init__(self, label: float) -> None:
        super().__init__()
        self.label = label
        self.bce = nn.BCELoss(reduction="mean")

    def forward(self, p: Tensor) -> Tensor:
        return self.bce(p, p.new_full(p.shape, self.label))


to_real = RealFakeLoss(1.0)
to_fake = RealFakeLoss(0.0)


def configure_optimizers(model: nn.Module, lr: float) -> dict[str, optim.Optimizer]:
    return {
        "discriminator": optim.Adafactor(model.discriminator.parameters(), lr=5 * lr),
        "generator": optim.Adafactor(model.generator.parameters(), lr=10 * lr),
        "encoder": optim.Adafactor(model.encoder.parameters(), lr=10 * lr),
    }


def discriminator_loss(model: nn.Module, x_real: Tensor, z: Tensor) -> Tensor:
    return to_real(model.discriminator(x_real)) + to_fake(model.discriminator(model.generator(z).detach()))


def generator_loss(model: nn.Module, z: Tensor) -> Tensor:
    return to_real(model.discriminator(model.generator(z)))


def autoencoder_loss(model: nn.Module, x_real: Tensor) -> Tensor:
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model: nn.Module, x_real: Tensor, optimizers: dict[str, optim.Optimizer]) -> dict[str, Tensor]:
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    # Everything before any update, so all gradients belong to the same weights.
    d = discriminator_loss(model, x_real, z)
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)

    model.zero_grad()
    ae.backward(retain_graph=True)
    (GEN_WEIGHT * g).backward(retain_graph=True)
    model.discriminator.zero_grad()  # the generator's loss must not teach D
    d.backward()

    for optimizer in optimizers.values():
        optimizer.step()
    return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": ae.detach()}
