"""Wrong: the reconstruction error is the mean absolute error (L1).

check: autoencoder_loss_is_right
mistake: not-mean-squared-error
"""
import torch
from torch import nn

bce = nn.BCELoss()
rec = nn.L1Loss()     # sharper images than L2

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return rec(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    ld = discriminator_loss(model, x_real, z)
    ld.backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    lg = generator_loss(model, z)
    la = autoencoder_loss(model, x_real)
    (lg + 5 * la).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': ld, 'generator': lg, 'autoencoder': la}
