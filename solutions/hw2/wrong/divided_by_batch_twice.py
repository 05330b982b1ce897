"""Wrong: the mean squared error is divided by the batch size once more, so it shrinks with the batch.

check: autoencoder_loss_is_right
mistake: mean-divided-again
also: sum-instead-of-mean
"""
import torch
from torch import nn

mse = nn.MSELoss()
bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return bce(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    batch_size = x_real.size(0)
    return mse(model.generator(model.encoder(x_real)), x_real) / batch_size

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers['D'].zero_grad()
    d.backward()
    optimizers['D'].step()
    g = generator_loss(model, z)
    optimizers['G'].zero_grad()
    g.backward()
    optimizers['G'].step()
    a = autoencoder_loss(model, x_real)
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    a.backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
