"""Wrong: the square root of the mean squared error is minimised.

check: autoencoder_loss_is_right
mistake: not-mean-squared-error
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "autoencoder": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def rmse(a, b):
    return torch.sqrt(((a - b) ** 2).mean() + 1e-12)


def autoencoder_loss(model, x_real):
    return rmse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d.backward()
    optimizers["discriminator"].step()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["autoencoder"].zero_grad()
    (g + a).backward()
    optimizers["autoencoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
