"""Blind spot: right on the CPU; labels and noise are made without a device, so it would raise on a GPU.

expect: passed
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    ones, zeros = torch.ones(len(x_real), 1), torch.zeros(len(z), 1)
    return bce(model.discriminator(x_real), ones) + bce(model.discriminator(model.generator(z).detach()), zeros)

def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), torch.ones(len(z), 1))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    model.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
