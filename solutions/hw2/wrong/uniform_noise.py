"""Wrong: z comes from torch.rand (uniform on [0, 1]) instead of a standard normal distribution.

check: step_is_well_behaved
mistake: z-not-standard-normal
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "dis": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "gen": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "enc": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    y_real = torch.ones_like(p_real)
    y_fake = torch.zeros_like(p_fake)
    return F.binary_cross_entropy(p_real, y_real) + F.binary_cross_entropy(p_fake, y_fake)


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    batch_size = x_real.size(0)
    z = torch.rand(batch_size, model.latent_size, device=x_real.device)   # random noise

    optimizers["dis"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["dis"].step()

    z = torch.rand(batch_size, model.latent_size, device=x_real.device)
    optimizers["gen"].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["gen"].step()

    optimizers["gen"].zero_grad()
    optimizers["enc"].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["gen"].step()
    optimizers["enc"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
