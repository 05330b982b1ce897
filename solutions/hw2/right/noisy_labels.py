"""Right: noisy labels for D, drawn from [0.8, 1] for real images and from [0, 0.2] for fakes."""
import torch
import torch.nn.functional as F


class Labels:
    """Soft random labels (ganhacks number 6)."""

    @staticmethod
    def real(p):
        return 0.8 + 0.2 * torch.rand_like(p)

    @staticmethod
    def fake(p):
        return 0.2 * torch.rand_like(p)


def configure_optimizers(model, lr):
    common = dict(lr=lr, betas=(0.5, 0.999))
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), **common),
        "G": torch.optim.Adam(model.generator.parameters(), **common),
        "E": torch.optim.Adam(model.encoder.parameters(), **common),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    with torch.no_grad():
        y_real, y_fake = Labels.real(p_real), Labels.fake(p_fake)
    return F.binary_cross_entropy(p_real, y_real) + F.binary_cross_entropy(p_fake, y_fake)


def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones_like(p))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    device = x_real.device
    B = x_real.size(0)
    losses = {}

    losses["discriminator"] = discriminator_loss(model, x_real, torch.randn(B, model.latent_size, device=device))
    optimizers["D"].zero_grad()
    losses["discriminator"].backward()
    optimizers["D"].step()

    losses["generator"] = generator_loss(model, torch.randn(B, model.latent_size, device=device))
    optimizers["G"].zero_grad()
    losses["generator"].backward()
    optimizers["G"].step()

    losses["autoencoder"] = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    losses["autoencoder"].backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return losses
