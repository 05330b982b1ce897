"""Blind spot: right, but every network is walked layer by layer, so no hook of a network as a whole fires.

expect: passed
"""
import torch
import torch.nn.functional as F


def run(network, x):
    for layer in network.net:
        x = layer(x)
    return x


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p = run(model.discriminator, x_real)
    q = run(model.discriminator, run(model.generator, z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = run(model.discriminator, run(model.generator, z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(run(model.generator, run(model.encoder, x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
