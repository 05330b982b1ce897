"""Wrong: the code is detached before it enters G, so the reconstruction never trains the encoder.

check: autoencoder_loss_is_right
mistake: loss-detached
also: encoder-never-updated
"""
import torch
from torch import nn

BCE, MSE = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {'dis': torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(.5, .999)),
            'gen': torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(.5, .999)),
            'enc': torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(.5, .999))}

def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    p, q = model.discriminator(x_real), model.discriminator(fake)
    return BCE(p, torch.ones_like(p)) + BCE(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return BCE(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    code = model.encoder(x_real)
    # detach like in the discriminator loss so that the losses do not mix
    recon = model.generator(code.detach())
    return MSE(recon, x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    optimizers['dis'].zero_grad()
    ld = discriminator_loss(model, x_real, z)
    ld.backward()
    optimizers['dis'].step()

    optimizers['gen'].zero_grad()
    optimizers['enc'].zero_grad()
    lg = generator_loss(model, z)
    la = autoencoder_loss(model, x_real)
    (lg + 10 * la).backward()
    optimizers['gen'].step()
    optimizers['enc'].step()
    return {'discriminator': ld, 'generator': lg, 'autoencoder': la}
