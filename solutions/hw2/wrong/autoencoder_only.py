"""Wrong: only the autoencoder is trained; the adversarial losses are computed for the log.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-never-updated
also: generator-not-trained-by-its-loss, step-not-taken
"""
import torch
from torch import nn

mse, bce = nn.MSELoss(), nn.BCELoss()

def configure_optimizers(model, lr):
    return {'ae': torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
            'd': torch.optim.Adam(model.discriminator.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    optimizers['ae'].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers['ae'].step()
    with torch.no_grad():
        z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
        d, g = discriminator_loss(model, x_real, z), generator_loss(model, z)
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
