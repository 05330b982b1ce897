"""Wrong: the reconstruction error is summed over the pixels and the batch instead of averaged.

check: autoencoder_loss_is_right
mistake: sum-instead-of-mean
"""
import torch
from torch import nn

bce_loss = nn.BCELoss()
mse_loss = nn.MSELoss(reduction='sum')

def configure_optimizers(model, lr):
    return {
        'D': torch.optim.Adam(model.discriminator.parameters(), lr),
        'G': torch.optim.Adam(model.generator.parameters(), lr),
        'E': torch.optim.Adam(model.encoder.parameters(), lr),
    }

def discriminator_loss(model, x_real, z):
    n = len(x_real)
    pred = model.discriminator(torch.cat((x_real, model.generator(z).detach()), dim=0))
    target = torch.zeros_like(pred)
    target[:n] = 1
    return bce_loss(pred, target)

def generator_loss(model, z):
    pred = model.discriminator(model.generator(z))
    return bce_loss(pred, torch.ones_like(pred))

def autoencoder_loss(model, x_real):
    return mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    model.zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers['D'].step()

    model.zero_grad()
    loss_g = generator_loss(model, z)
    loss_g.backward()
    optimizers['G'].step()

    model.zero_grad()
    loss_ae = autoencoder_loss(model, x_real)
    loss_ae.backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return dict(discriminator=loss_d, generator=loss_g, autoencoder=loss_ae)
