"""Wrong: a pool of noise is drawn at the first call and its first rows are used again in every step.

check: step_is_well_behaved
mistake: z-constant
"""
import torch
from torch import nn

bce = nn.BCELoss()
_noise = {}


def fixed_noise(n, size, device):
    if size not in _noise:
        _noise[size] = torch.randn(4096, size)
    return _noise[size][:n].to(device)


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = fixed_noise(x_real.size(0), model.latent_size, x_real.device)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
