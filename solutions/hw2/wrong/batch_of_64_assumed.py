"""Wrong: labels are made for a batch of exactly 64, so any other batch (the last one of an epoch) raises.

check: discriminator_loss_is_right
mistake: sizes-hard-coded
also: function-raises
"""
import torch
import torch.nn.functional as F

BATCH_SIZE = 64
ones = torch.ones(BATCH_SIZE, 1)
zeros = torch.zeros(BATCH_SIZE, 1)


def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}


def discriminator_loss(model, x_real, z):
    real_loss = F.binary_cross_entropy(model.discriminator(x_real), ones)
    fake_loss = F.binary_cross_entropy(model.discriminator(model.generator(z).detach()), zeros)
    return real_loss + fake_loss


def generator_loss(model, z):
    return F.binary_cross_entropy(model.discriminator(model.generator(z)), ones)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(BATCH_SIZE, model.latent_size)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
