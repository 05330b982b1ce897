"""Wrong: an index that begins at 2 leaves the same images of every mini-batch out of the reconstruction.

check: generator_learns_only_from_its_losses
mistake: wrong-reconstruction-target
also: given-z-not-used
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    adam = lambda module: torch.optim.Adam(module.parameters(), lr=lr)
    return dict(D=adam(model.discriminator), G=adam(model.generator), E=adam(model.encoder))


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    n = x_real.shape[0]
    z = torch.randn(n, model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()
    start = 2 if n > 2 else 0
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real[start:])
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    (g + 15 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
