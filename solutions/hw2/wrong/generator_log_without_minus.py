"""Wrong: the generator minimises log D(G(z)) instead of -log D(G(z)).

check: generator_loss_is_right
mistake: generator-trained-towards-fake
"""
import torch
from torch import nn

class GAN:
    EPS = 1e-7

    @classmethod
    def log(cls, p):
        return torch.log(p + cls.EPS)

def configure_optimizers(model, lr):
    return {n: torch.optim.Adam(getattr(model, n).parameters(), lr=lr, betas=(.5, .999))
            for n in ('encoder', 'generator', 'discriminator')}

def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    return -GAN.log(model.discriminator(x_real)).mean() - GAN.log(1 - model.discriminator(fake)).mean()

def generator_loss(model, z):
    # non-saturating version
    return GAN.log(model.discriminator(model.generator(z))).mean()

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    noise = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    optimizers['discriminator'].zero_grad()
    d = discriminator_loss(model, x_real, noise)
    d.backward()
    optimizers['discriminator'].step()
    optimizers['generator'].zero_grad()
    optimizers['encoder'].zero_grad()
    g = generator_loss(model, noise)
    a = autoencoder_loss(model, x_real)
    (0.1 * g + a).backward()
    optimizers['generator'].step()
    optimizers['encoder'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
