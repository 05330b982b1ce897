"""Right: whatever D looks at, real or made, has been moved by up to a pixel and made a little noisy before."""

import math

import torch
from torch import nn, optim

BCE = nn.BCELoss()
LAMBDA = 40.0


def augment(x):
    side = math.isqrt(x.shape[1])
    down, right = (int(torch.randint(-1, 2, (1,))) for _ in range(2))
    x = torch.roll(x.reshape(-1, side, side), shifts=(down, right), dims=(1, 2)).reshape(len(x), -1)
    return x + 0.03 * torch.randn_like(x)


def configure_optimizers(model, lr):
    return {
        "D": optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "G": optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "E": optim.Adam(model.encoder.parameters(), lr=lr),
    }


def draw_wrong_labels(h, number_of_classes):
    return (h + torch.randint_like(h, 1, number_of_classes)) % number_of_classes


def valid(p):
    return BCE(p, torch.ones_like(p))


def fake(p):
    return BCE(p, torch.zeros_like(p))


def discriminator_loss(model, x_real, h, h_wrong, z):
    with torch.no_grad():
        x_gen = model.generator(z, h)
    right = valid(model.discriminator(augment(x_real), h))
    mismatched = fake(model.discriminator(augment(x_real), h_wrong))
    generated = fake(model.discriminator(augment(x_gen), h))
    return right + (mismatched + generated) / 2


def generator_loss(model, x_real, h, z, weight):
    adversarial = valid(model.discriminator(augment(model.generator(z, h)), h))
    return adversarial + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    x_hat = model.generator(model.encoder(x_real, h), h)
    return ((x_hat - x_real) ** 2).mean()


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    losses = {}

    losses["discriminator"] = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    optimizers["D"].zero_grad()
    losses["discriminator"].backward()
    optimizers["D"].step()

    losses["generator"] = generator_loss(model, x_real, h, z, LAMBDA)
    optimizers["G"].zero_grad()
    losses["generator"].backward()
    optimizers["G"].step()

    losses["autoencoder"] = autoencoder_loss(model, x_real, h)
    optimizers["E"].zero_grad()
    losses["autoencoder"].backward()
    optimizers["E"].step()
    return losses
