"""Wrong: the generator loss divides the sum by the width of z, not by the number of latent vectors.

check: generator_loss_is_right
mistake: sum-instead-of-mean
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    adam = lambda net: torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"E": adam(model.encoder), "G": adam(model.generator), "D": adam(model.discriminator)}


def discriminator_loss(model, x_real, z):
    n = x_real.shape[0]
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    real = F.binary_cross_entropy(p, torch.ones_like(p), reduction="sum") / n
    fake = F.binary_cross_entropy(q, torch.zeros_like(q), reduction="sum") / n
    return real + fake


def generator_loss(model, z):
    n = z.shape[-1]
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q), reduction="sum") / n


def autoencoder_loss(model, x_real):
    n, d = x_real.shape
    diff = model.generator(model.encoder(x_real)) - x_real
    return (diff * diff).sum() / (n * d)


def train_step(model, x_real, optimizers):
    n = x_real.shape[0]
    z = torch.randn(n, model.latent_size, device=x_real.device)

    for o in optimizers.values():
        o.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()

    for o in optimizers.values():
        o.zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()

    for o in optimizers.values():
        o.zero_grad()
    ae = autoencoder_loss(model, x_real)
    ae.backward()
    optimizers["E"].step()
    optimizers["G"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
