"""Wrong: there are optimizers for G and D only, as in a plain GAN; nothing holds the encoder.

check: every_module_has_an_optimizer
mistake: module-without-optimizer
also: encoder-never-updated
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    D_real = model.discriminator(x_real)
    D_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(D_real, torch.ones_like(D_real)) + F.binary_cross_entropy(D_fake, torch.zeros_like(D_fake))


def generator_loss(model, z):
    D_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(D_fake, torch.ones_like(D_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    d_loss = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    d_loss.backward()
    optimizers["D"].step()

    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad()
    (g_loss + ae_loss).backward()
    optimizers["G"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
