"""Wrong: losses are summed up over all steps in a global dict and the totals are returned.

check: step_is_well_behaved
mistake: returned-losses-stale
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()
running = {"discriminator": 0.0, "generator": 0.0, "autoencoder": 0.0}


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()

    running["discriminator"] += d.item()
    running["generator"] += g.item()
    running["autoencoder"] += a.item()
    return dict(running)
