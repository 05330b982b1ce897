"""Wrong: instance noise was put on the samples only; D learns what noise looks like.

check: discriminator_learns_only_from_its_loss
mistake: fake-images-altered
"""
import torch
import torch.nn.functional as F


def jitter(images, amount=0.2):
    return images + amount * torch.randn(images.shape, device=images.device)


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.RMSprop(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.RMSprop(model.generator.parameters(), lr=lr),
        "E": torch.optim.RMSprop(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(jitter(model.generator(z).detach()))
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(jitter(model.generator(z)))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 10 * ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d.item(), "generator": g.item(), "autoencoder": ae.item()}
