"""Wrong: the batch is standardised in place inside autoencoder_loss; the caller's images change too.

check: autoencoder_loss_is_right
mistake: batch-changed-in-place
also: wrong-reconstruction-target, not-mean-squared-error
"""
import torch
from torch import nn

bce = nn.BCELoss()

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
    x_real.sub_(x_real.mean()).div_(x_real.std(unbiased=False) + 1e-8)
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers['G'].step()
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
