"""Wrong: after the updates a little random noise is added to the generator's weights to escape mode collapse.

check: step_is_well_behaved
mistake: updates-not-from-gradients
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

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
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    for p in model.generator.parameters():
        p.data += 0.001 * torch.randn_like(p)
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
