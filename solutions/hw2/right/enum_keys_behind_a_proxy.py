"""Right: optimizers under members of an enumeration, behind a read-only proxy; losses as numbers of NumPy."""
from enum import Enum, auto
from types import MappingProxyType

import numpy as np
import torch
import torch.nn.functional as F


class Net(Enum):
    DISCRIMINATOR = auto()
    GENERATOR = auto()
    ENCODER = auto()


def configure_optimizers(model, lr):
    return MappingProxyType({
        Net.DISCRIMINATOR: torch.optim.Adam(model.discriminator.parameters(), lr=np.float64(lr)),
        Net.GENERATOR: torch.optim.Adam(model.generator.parameters(), lr=lr),
        Net.ENCODER: torch.optim.Adam(model.encoder.parameters(), lr=lr),
    })


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    real, fake = model.discriminator(x_real), model.discriminator(x_fake)
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean()


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers[Net.DISCRIMINATOR].zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers[Net.DISCRIMINATOR].step()

    optimizers[Net.GENERATOR].zero_grad()
    optimizers[Net.ENCODER].zero_grad()
    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    (loss_g + 20 * loss_ae).backward()
    optimizers[Net.GENERATOR].step()
    optimizers[Net.ENCODER].step()
    return {
        "discriminator": np.float32(loss_d.item()),
        "generator": loss_g.detach().cpu().numpy(),      # an array without dimensions
        "autoencoder": np.asarray([loss_ae.item()]),     # and one of a single element
        "learning rate": optimizers[Net.GENERATOR].param_groups[0]["lr"],
    }
