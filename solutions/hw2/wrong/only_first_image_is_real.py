"""Wrong: the real part of D's loss looks at x_real[0] only.

check: discriminator_loss_is_right
mistake: real-images-missing
"""
import torch
from torch import nn

loss = nn.BCELoss()


def configure_optimizers(model, lr):
    optimizers = {}
    optimizers["discriminator"] = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    optimizers["generator"] = torch.optim.Adam(model.generator.parameters(), lr=lr)
    optimizers["encoder"] = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    return optimizers


def discriminator_loss(model, x_real, z):
    real_prob = model.discriminator(x_real[0])
    fake_prob = model.discriminator(model.generator(z).detach())
    return loss(real_prob, torch.ones_like(real_prob)) + loss(fake_prob, torch.zeros_like(fake_prob))


def generator_loss(model, z):
    fake_prob = model.discriminator(model.generator(z))
    return loss(fake_prob, torch.ones_like(fake_prob))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
