"""Wrong: D's optimizer is never zeroed, so D also applies what the generator's loss left in it.

check: discriminator_learns_only_from_its_loss
mistake: gradients-not-zeroed
also: discriminator-moved-by-generator-loss
"""
import torch
import torch.nn.functional as F
from itertools import chain


def configure_optimizers(model, lr):
    opt_d = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opt_ge = torch.optim.Adam(chain(model.generator.parameters(), model.encoder.parameters()), lr=lr)
    return {"d": opt_d, "ge": opt_ge}


def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(fake)
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(
        p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones_like(p))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["ge"].zero_grad()

    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()

    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["ge"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
