"""Right: optimizers under 0 and 1, which one is whose stands in a comment; losses in a defaultdict with much else."""
from collections import defaultdict
from fractions import Fraction

import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()


def configure_optimizers(model, lr):
    # 0: D, 1: E and G
    ae = list(model.encoder.parameters()) + list(model.generator.parameters())
    return dict(enumerate([
        torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        torch.optim.Adam(ae, lr=lr, betas=(0.5, 0.999)),
    ]))


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return (bce(p_real, torch.ones_like(p_real)) + bce(p_fake, torch.zeros_like(p_fake))) / 2


def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return bce(p, torch.ones_like(p))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    log = defaultdict(list)
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    d = discriminator_loss(model, x_real, z)
    optimizers[0].zero_grad()
    d.backward()
    optimizers[0].step()

    g = generator_loss(model, z)
    r = autoencoder_loss(model, x_real)
    optimizers[1].zero_grad()
    (g + 10 * r).backward()
    optimizers[1].step()

    log["discriminator"] = Fraction(d.item())
    log["generator"] = g
    log["autoencoder"] = r.item()
    log["batch size"] = len(x_real)
    log["scores", "real"].append(model.discriminator(x_real).detach())
    log[0] = "epoch"
    log["0"] = None
    return log
