"""Wrong: the curve of the discriminator shows its loss and the generator's added up.

check: step_is_well_behaved
mistake: returned-losses-mixed-up
"""

import torch
from torch.nn.functional import binary_cross_entropy as bce
from torch.nn.functional import mse_loss


def configure_optimizers(model, lr):
    opts = {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr)}
    opts["g"] = torch.optim.Adam(model.generator.parameters(), lr=lr)
    opts["e"] = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    return opts


def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return bce(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size).to(x_real)
    loss_gan = 0.0

    optimizers["d"].zero_grad()
    loss = discriminator_loss(model, x_real, z)
    loss.backward()
    optimizers["d"].step()
    loss_gan += loss.item()

    optimizers["g"].zero_grad()
    loss = generator_loss(model, z)
    loss.backward()
    optimizers["g"].step()
    loss_gan += loss.item()
    loss_g = loss.item()

    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    loss_rec = autoencoder_loss(model, x_real)
    (25 * loss_rec).backward()
    optimizers["g"].step()
    optimizers["e"].step()

    return {"discriminator": loss_gan, "generator": loss_g, "autoencoder": loss_rec.item()}
