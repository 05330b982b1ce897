"""Wrong: noise "for stability" on the real images that D sees, and none on the samples.

check: discriminator_learns_only_from_its_loss
mistake: real-images-altered
"""
import torch
import torch.nn.functional as F

STD = 0.15


def configure_optimizers(model, lr):
    opt_d = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    opt_ge = torch.optim.Adam(list(model.generator.parameters()) + list(model.encoder.parameters()), lr=lr, betas=(0.5, 0.999))
    return {"d": opt_d, "ge": opt_ge}


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    d_real, d_fake = model.discriminator(x_real), model.discriminator(x_fake)
    return F.binary_cross_entropy(d_real, torch.full_like(d_real, 1.0)) + F.binary_cross_entropy(d_fake, torch.full_like(d_fake, 0.0))


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return -torch.log(d_fake + 1e-8).mean()


def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean()


def train_step(model, x_real, optimizers):
    z = torch.randn((x_real.shape[0], model.latent_size), device=x_real.device)
    # a little noise, so that D does not win too early
    x_noisy = (x_real + STD * torch.randn_like(x_real)).clamp(0, 1)
    loss_d = discriminator_loss(model, x_noisy, z)
    optimizers["d"].zero_grad()
    loss_d.backward()
    optimizers["d"].step()

    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    optimizers["ge"].zero_grad()
    (loss_g + 25 * loss_ae).backward()
    optimizers["ge"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
