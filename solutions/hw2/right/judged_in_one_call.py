"""Right: G makes samples and reconstructions in one call, and D judges both in one call."""
import itertools

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    e_and_g = itertools.chain(model.encoder.parameters(), model.generator.parameters())
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "EG": torch.optim.Adam(e_and_g, lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(
        p_fake, torch.zeros_like(p_fake)
    )


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    n = len(x_real)
    z = torch.randn(n, model.latent_size, device=x_real.device)
    with torch.no_grad():
        fakes = torch.cat([model.generator(z), model.generator(model.encoder(x_real))])
    p, q = model.discriminator(x_real), model.discriminator(fakes)
    d = F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()

    images = model.generator(torch.cat([z, model.encoder(x_real)]))
    q = model.discriminator(images)
    g = F.binary_cross_entropy(q, torch.ones_like(q))
    a = F.mse_loss(images[n:], x_real)
    optimizers["EG"].zero_grad()
    (0.1 * g + a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
