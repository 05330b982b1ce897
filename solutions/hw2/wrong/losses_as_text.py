"""Wrong: the losses are formatted for printing before they are returned.

check: step_is_well_behaved
mistake: wrong-return-value
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {0: torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            1: torch.optim.Adam(model.generator.parameters(), lr=lr),
            2: torch.optim.Adam(model.encoder.parameters(), lr=lr)}


def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers[0].zero_grad()
    d.backward()
    optimizers[0].step()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers[1].zero_grad()
    optimizers[2].zero_grad()
    (g + 10 * a).backward()
    optimizers[1].step()
    optimizers[2].step()
    return {"discriminator": f"{d:.4f}", "generator": f"{g:.4f}", "autoencoder": f"{a:.4f}"}
