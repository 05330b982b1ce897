"""Right: gradients of D are clipped by value and then by norm, the others by norm, one RAdam for every network."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def configure_optimizers(model, lr):
    optim = {}
    for key in ["encoder", "generator", "discriminator"]:
        optim[key] = torch.optim.RAdam(getattr(model, key).parameters(), lr=lr, betas=(0.9, 0.99))
    return optim


def discriminator_loss(model, x_real, z):
    pr = model.discriminator(x_real)
    pf = model.discriminator(model.generator(z).detach())
    crit = nn.BCELoss(reduction="none")
    return (crit(pr, torch.ones_like(pr)) + crit(pf, torch.zeros_like(pf))).mean()


def generator_loss(model, z):
    pf = model.discriminator(model.generator(z))
    return nn.BCELoss(reduction="sum")(pf, torch.ones_like(pf)) / z.shape[0]


def autoencoder_loss(model, x_real):
    return nn.MSELoss(reduction="sum")(model.generator(model.encoder(x_real)), x_real) / x_real.numel()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size()[0], model.latent_size, device=x_real.device)

    model.zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    clip_grad_value_(model.discriminator.parameters(), 0.5)
    clip_grad_norm_(model.discriminator.parameters(), max_norm=1.0)
    optimizers["discriminator"].step()

    model.zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    clip_grad_norm_(model.generator.parameters(), max_norm=1.0)
    optimizers["generator"].step()

    model.zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    clip_grad_norm_([*model.encoder.parameters(), *model.generator.parameters()], max_norm=1.0)
    optimizers["encoder"].step()
    optimizers["generator"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
