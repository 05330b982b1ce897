"""Wrong: copy and paste, the "generator" optimizer was given D's parameters and nothing holds G's.

check: every_module_has_an_optimizer
mistake: module-without-optimizer
also: generator-never-updated, discriminator-moved-by-generator-loss
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    optimizer_d = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizer_g = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    optimizer_e = torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"discriminator": optimizer_d, "generator": optimizer_g, "encoder": optimizer_e}


def discriminator_loss(model, x_real, z):
    real_pred = model.discriminator(x_real)
    fake_pred = model.discriminator(model.generator(z).detach())
    real_loss = F.binary_cross_entropy(real_pred, torch.ones_like(real_pred))
    fake_loss = F.binary_cross_entropy(fake_pred, torch.zeros_like(fake_pred))
    return (real_loss + fake_loss) / 2


def generator_loss(model, z):
    fake_pred = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake_pred, torch.ones_like(fake_pred))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["discriminator"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["discriminator"].step()

    optimizers["generator"].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["generator"].step()

    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
