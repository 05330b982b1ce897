"""Right: two time scales (Heusel et al. 2017): D learns at four times the rate of G and E."""
import torch
from torch.nn.functional import binary_cross_entropy, mse_loss


def configure_optimizers(model, lr):
    adam = torch.optim.Adam
    return {
        "D": adam(model.discriminator.parameters(), lr=4 * lr, betas=(0.0, 0.9)),
        "G": adam(model.generator.parameters(), lr=lr, betas=(0.0, 0.9)),
        "E": adam(model.encoder.parameters(), lr=lr, betas=(0.0, 0.9)),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return (binary_cross_entropy(p_real, torch.ones_like(p_real))
            + binary_cross_entropy(p_fake, torch.zeros_like(p_fake)))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    losses = {}
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    losses["discriminator"] = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    losses["discriminator"].backward()
    optimizers["D"].step()

    losses["generator"] = generator_loss(model, z)
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
