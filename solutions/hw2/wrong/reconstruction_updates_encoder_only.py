"""Wrong: after the reconstruction's backward only the encoder's optimizer steps, G ignores the reconstruction.

check: generator_learns_only_from_its_losses
mistake: generator-not-trained-by-reconstruction
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "autoencoder": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    out = {}
    for name in ("discriminator", "generator", "autoencoder"):
        z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
        for o in optimizers.values():
            o.zero_grad()
        if name == "discriminator":
            loss = discriminator_loss(model, x_real, z)
        elif name == "generator":
            loss = generator_loss(model, z)
        else:
            loss = autoencoder_loss(model, x_real)
        loss.backward()
        optimizers[name].step()
        out[name] = loss.detach()
    return out
