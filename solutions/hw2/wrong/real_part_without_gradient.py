"""Wrong: both images are scored under no_grad for speed except the fakes, so the real images teach D nothing.

check: discriminator_loss_is_right
mistake: real-images-missing
also: loss-detached
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
        d_real = model.discriminator(x_real)
    d_fake = model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(d_real, torch.ones_like(d_real))
    loss_fake = F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return loss_real + loss_fake


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    (g + 5 * ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
