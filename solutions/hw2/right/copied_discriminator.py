"""Right: G plays against a frozen deep copy of D that is made anew in every step."""
import copy

import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {
        'dis': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        'enc+gen': torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }

def real(p): return bce(p, torch.ones_like(p))
def fake(p): return bce(p, torch.zeros_like(p))

def discriminator_loss(model, x_real, z):
    return 0.5 * real(model.discriminator(x_real)) + 0.5 * fake(model.discriminator(model.generator(z).detach()))

def generator_loss(model, z):
    critic = copy.deepcopy(model.discriminator).requires_grad_(False)
    return real(critic(model.generator(z)))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size).to(x_real.device)
    for o in optimizers.values():
        o.zero_grad()
    d = discriminator_loss(model, x_real, z)
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (d + 0.5 * g + 10 * a).backward()
    for o in optimizers.values():
        o.step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
