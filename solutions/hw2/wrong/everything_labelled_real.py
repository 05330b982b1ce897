"""Wrong: both real and generated images get the label 1 in D's loss (copy and paste).

check: discriminator_loss_is_right
mistake: fakes-labeled-real
also: labels-swapped
"""
import torch
from torch import nn

bce_loss = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    y = torch.ones(x_real.size(0), 1, device=x_real.device)
    real_loss = bce_loss(model.discriminator(x_real), y)
    x_fake = model.generator(z).detach()
    fake_loss = bce_loss(model.discriminator(x_fake), y)
    return (real_loss + fake_loss) / 2

def generator_loss(model, z):
    y = torch.ones(z.size(0), 1, device=z.device)
    return bce_loss(model.discriminator(model.generator(z)), y)

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad(); optimizers['E'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers['G'].step(); optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
