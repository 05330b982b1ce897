"""Wrong: the reconstruction is encoded again and codes are compared, not images.

check: autoencoder_loss_is_right
mistake: wrong-reconstruction-target
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "autoencoder": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    code = model.encoder(x_real)
    x_rec = model.generator(code)
    # the reconstruction should have the same code (perceptual loss)
    return F.mse_loss(model.encoder(x_rec), code.detach())


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    optimizers["autoencoder"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["autoencoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
