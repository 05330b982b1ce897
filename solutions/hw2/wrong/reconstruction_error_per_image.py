"""Wrong: the reconstruction loss is one number per image, averaged over the pixels only.

check: autoencoder_loss_is_right
mistake: loss-not-scalar
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean(dim=1)   # (batch,)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real).mean()
    (g + a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
