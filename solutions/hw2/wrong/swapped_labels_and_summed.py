"""Wrong: two mistakes, D's labels are swapped and its loss is summed.

check: discriminator_loss_is_right
mistake: labels-swapped
also: sum-instead-of-mean
"""
import torch
from torch import nn

criterion = nn.BCELoss(reduction='sum')

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'GE': torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    fake, real = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return criterion(real, torch.ones_like(real)) + criterion(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return criterion(out, torch.ones_like(out)) / len(z)

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
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
