"""Wrong: train_step updates everything correctly but has no return statement.

check: step_is_well_behaved
mistake: wrong-return-value
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'GE': torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['GE'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers['GE'].step()
    history = {'discriminator': d.item(), 'generator': g.item(), 'autoencoder': a.item()}
