"""Wrong: labels have the shape (batch,) while D returns (batch, 1); binary_cross_entropy refuses.

check: discriminator_loss_is_right
mistake: function-raises
"""
import torch
from torch import nn

criterion = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    ones = torch.ones(len(x_real), device=x_real.device)
    zeros = torch.zeros(len(x_real), device=x_real.device)
    return criterion(model.discriminator(x_real), ones) + criterion(model.discriminator(model.generator(z).detach()), zeros)

def generator_loss(model, z):
    pred = model.discriminator(model.generator(z))
    return criterion(pred, torch.ones_like(pred))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
