"""Wrong: G's optimizer is never stepped; the reconstruction step moves the encoder only.

check: generator_learns_only_from_its_losses
mistake: generator-never-updated
also: step-not-taken
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "autoencoder": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return -(torch.log(real + 1e-8) + torch.log(1 - fake + 1e-8)).mean()


def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z)) + 1e-8).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    d_loss = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d_loss.backward()
    optimizers["discriminator"].step()

    g_loss = generator_loss(model, z)
    optimizers["generator"].zero_grad()
    g_loss.backward()

    ae_loss = autoencoder_loss(model, x_real)
    optimizers["autoencoder"].zero_grad()
    ae_loss.backward()
    optimizers["autoencoder"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
