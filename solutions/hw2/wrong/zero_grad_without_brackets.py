"""Wrong: optimizer.zero_grad is written without brackets, so it is never called.

check: generator_learns_only_from_its_losses
mistake: gradients-not-zeroed
also: discriminator-moved-by-generator-loss
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {
        'discriminator': torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        'generator': torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        'encoder': torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }

def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return bce(p_real, torch.ones_like(p_real)) + bce(p_fake, torch.zeros_like(p_fake))

def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return bce(p_fake, torch.ones_like(p_fake))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['discriminator'].zero_grad
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers['discriminator'].step()

    optimizers['generator'].zero_grad
    optimizers['encoder'].zero_grad
    loss_g = generator_loss(model, z)
    loss_a = autoencoder_loss(model, x_real)
    (loss_g + loss_a).backward()
    optimizers['generator'].step()
    optimizers['encoder'].step()
    return {'discriminator': loss_d, 'generator': loss_g, 'autoencoder': loss_a}
