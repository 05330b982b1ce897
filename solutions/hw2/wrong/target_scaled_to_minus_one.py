"""Wrong: the target is scaled to [-1, 1] as for a tanh generator, but G ends in a sigmoid.

check: autoencoder_loss_is_right
mistake: wrong-reconstruction-target
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()


def normalize(x):
    """[0, 1] -> [-1, 1], DCGAN style"""
    return 2 * x - 1


def configure_optimizers(model, lr):
    return {
        "dis": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "gen_enc": torch.optim.Adam(
            list(model.generator.parameters()) + list(model.encoder.parameters()), lr=lr, betas=(0.5, 0.999)
        ),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return bce(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), normalize(x_real))


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["dis"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["dis"].step()
    optimizers["gen_enc"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["gen_enc"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
