"""Wrong: autoencoder_loss counts only the pixels with ink (x > 0.5) and ignores the background.

check: autoencoder_loss_is_right
mistake: not-mean-squared-error
also: training-does-not-converge
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
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
    reconstruction = model.generator(model.encoder(x_real))
    ink = x_real > 0.5  # most of an image is empty, that would dominate the mean
    return F.mse_loss(reconstruction[ink], x_real[ink])


def train_step(model, x_real, optimizers):
    opt_e, opt_g, opt_d = (optimizers[k] for k in "EGD")
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    opt_d.zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    opt_d.step()

    opt_e.zero_grad()
    opt_g.zero_grad()
    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    (loss_g + loss_ae).backward()
    opt_e.step()
    opt_g.step()

    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
