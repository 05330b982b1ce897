"""Wrong: the generator runs under no_grad in its own loss, so G never hears from D.

check: generator_loss_is_right
mistake: loss-detached
also: generator-not-trained-by-its-loss
"""
import torch
from torch import nn

class Losses:
    bce = nn.BCELoss()
    mse = nn.MSELoss()

def sample(model, z):
    """fake images"""
    with torch.no_grad():
        return model.generator(z)

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real_out = model.discriminator(x_real)
    fake_out = model.discriminator(sample(model, z))
    return Losses.bce(real_out, torch.ones_like(real_out)) + Losses.bce(fake_out, torch.zeros_like(fake_out))

def generator_loss(model, z):
    fake_out = model.discriminator(sample(model, z))
    return Losses.bce(fake_out, torch.ones_like(fake_out))

def autoencoder_loss(model, x_real):
    return Losses.mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    model.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': ae}
