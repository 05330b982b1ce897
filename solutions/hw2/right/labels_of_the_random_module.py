"""Right: noisy labels and the number of D's steps come from Python's own `random`; each loss counts its calls."""
import random

import torch
import torch.nn as nn

bce, mse = nn.BCELoss(), nn.MSELoss()
calls = {"d": 0, "g": 0}


def configure_optimizers(model, lr):
    return {
        "opt_d": torch.optim.RMSprop(model.discriminator.parameters(), lr=lr),
        "opt_ae": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    calls["d"] += 1
    real, fake = random.uniform(0.8, 1.0), random.uniform(0.0, 0.2)
    out_real = model.discriminator(x_real)
    out_fake = model.discriminator(model.generator(z).detach())
    return bce(out_real, torch.full_like(out_real, real)) + bce(out_fake, torch.full_like(out_fake, fake))


def generator_loss(model, z):
    calls["g"] += 1
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    for _ in range(random.choice([1, 2])):
        z = torch.randn(x_real.size(0), model.latent_size)
        loss_d = discriminator_loss(model, x_real, z)
        optimizers["opt_d"].zero_grad()
        loss_d.backward()
        optimizers["opt_d"].step()

    z = torch.randn(x_real.size(0), model.latent_size)
    loss_g, loss_ae = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["opt_ae"].zero_grad()
    (loss_g + 80 * loss_ae).backward()
    optimizers["opt_ae"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
