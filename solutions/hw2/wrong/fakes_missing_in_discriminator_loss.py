"""Wrong: D's loss has only the real part, so D may answer "real" to everything.

check: discriminator_loss_is_right
mistake: fake-images-missing
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
    x_fake = model.generator(z).detach()
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(d_real, torch.ones_like(d_real))
    loss_fake = F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return loss_real


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
