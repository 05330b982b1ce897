"""Right: one-sided label smoothing as far as it is used: real images have the label 0.7."""
import torch
import torch.nn as nn
import torch.nn.functional as F

criterion = nn.BCELoss()


def configure_optimizers(model, lr):
    # one for each loss
    opt_D = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    opt_G = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999))
    opt_AE = torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)
    return {'discriminator': opt_D, 'generator': opt_G, 'autoencoder': opt_AE}


def discriminator_loss(model, x_real, z):
    fake_images = model.generator(z).detach()
    real_scores = model.discriminator(x_real)
    fake_scores = model.discriminator(fake_images)
    real_loss = criterion(real_scores, torch.full_like(real_scores, 0.7))
    fake_loss = criterion(fake_scores, torch.zeros_like(fake_scores))
    return real_loss + fake_loss


def generator_loss(model, z):
    fake_scores = model.discriminator(model.generator(z))
    return criterion(fake_scores, torch.ones_like(fake_scores))


def autoencoder_loss(model, x_real):
    code = model.encoder(x_real)
    reconstruction = model.generator(code)
    return nn.MSELoss()(reconstruction, x_real)


def train_step(model, x_real, optimizers):
    batch_size = x_real.size(0)
    z = torch.randn(batch_size, model.latent_size, device=x_real.device)

    # 1. discriminator
    optimizers['discriminator'].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers['discriminator'].step()

    # 2. generator
    optimizers['generator'].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers['generator'].step()

    # 3. autoencoder
    optimizers['autoencoder'].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers['autoencoder'].step()

    return {'discriminator': d_loss, 'generator': g_loss, 'autoencoder': ae_loss}
