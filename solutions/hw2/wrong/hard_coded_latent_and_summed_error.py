"""Wrong: two mistakes, the reconstruction error is summed and z has a fixed width of 64.

check: autoencoder_loss_is_right
mistake: sum-instead-of-mean
also: sizes-hard-coded, z-wrong-shape, function-raises
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'AE': torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).pow(2).sum()

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), 64, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['AE'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a / 1000).backward()
    optimizers['AE'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
