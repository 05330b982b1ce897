"""Wrong: `optimizers["D"].step` is written without brackets, D never moves.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-never-updated
also: step-not-taken
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    d = torch.optim.RMSprop(model.discriminator.parameters(), lr=lr)
    eg = torch.optim.RMSprop([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)
    return {"D": d, "EG": eg}


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    p = model.discriminator(x_real)
    q = model.discriminator(x_fake)
    return -(torch.log(p + 1e-8) + torch.log(1 - q + 1e-8)).mean()


def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z)) + 1e-8).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 10 * ae).backward()
    optimizers["EG"].step()
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step
    return {"discriminator": d, "generator": g, "autoencoder": ae}
