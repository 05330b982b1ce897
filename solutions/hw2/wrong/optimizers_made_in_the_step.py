"""Wrong: train_step makes new optimizers each time and ignores the ones it was given.

check: step_is_well_behaved
mistake: optimizers-remade
also: learning-rate-ignored
"""
import torch
import torch.nn.functional as F

LR = 0.0002


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    optimizers = configure_optimizers(model, LR)
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    d_loss = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d_loss.backward()
    optimizers["discriminator"].step()

    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (g_loss + ae_loss).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
