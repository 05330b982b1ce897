"""Wrong: D's weights get requires_grad = False for the generator's step and are never switched on again.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-never-updated
also: function-raises
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'opt_d': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'opt_eg': torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)}

def discriminator_loss(model, x_real, z):
    r = model.discriminator(x_real)
    f = model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    if d.requires_grad:      # there was an error here in the second step
        optimizers['opt_d'].zero_grad()
        d.backward()
        optimizers['opt_d'].step()

    for p in model.discriminator.parameters():
        p.requires_grad = False
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    optimizers['opt_eg'].zero_grad()
    (g + 10 * ae).backward()
    optimizers['opt_eg'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': ae}
