"""Blind spot: E and G also learn to have D take reconstructions for real, beside right losses; not asked for.

expect: cannot_judge
check: encoder_learns_only_from_the_reconstruction
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "optimizer_D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "optimizer_EG": torch.optim.Adam(
            list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr, betas=(0.5, 0.999)
        ),
    }


def _real(p):
    return F.binary_cross_entropy(p, torch.ones_like(p))


def _fake(p):
    return F.binary_cross_entropy(p, torch.zeros_like(p))


def discriminator_loss(model, x_real, z):
    return _real(model.discriminator(x_real)) + _fake(model.discriminator(model.generator(z).detach()))


def generator_loss(model, z):
    return _real(model.discriminator(model.generator(z)))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    # adversarial autoencoder, as in github.com/eriklindernoren/PyTorch-GAN
    optimizers["optimizer_EG"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    sharpness = generator_loss(model, model.encoder(x_real))  # sharper reconstructions
    (g_loss + ae_loss + 0.1 * sharpness).backward()
    optimizers["optimizer_EG"].step()

    optimizers["optimizer_D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["optimizer_D"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
