"""Wrong: D's loss is one number per image (reduction='none'); train_step averages it afterwards.

check: discriminator_loss_is_right
mistake: loss-not-scalar
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(fake)
    real_term = F.binary_cross_entropy(d_real, torch.ones_like(d_real), reduction="none")
    fake_term = F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake), reduction="none")
    return real_term + fake_term


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z).mean()
    d_loss.backward()
    optimizers["D"].step()

    optimizers["EG"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (g_loss + 10 * ae_loss).backward()
    optimizers["EG"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
