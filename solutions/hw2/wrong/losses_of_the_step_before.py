"""Wrong: the history dictionary is updated after a copy of it was taken, so each step returns the losses before.

check: step_is_well_behaved
mistake: returned-losses-stale
"""
import torch
from torch import nn

bce = nn.BCELoss()
last_losses = {"discriminator": torch.tensor(0.0), "generator": torch.tensor(0.0), "autoencoder": torch.tensor(0.0)}

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return bce(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean()

def train_step(model, x_real, optimizers):
    current = dict(last_losses)
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    last_losses["discriminator"] = d.detach()

    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    last_losses["generator"] = g.detach()
    last_losses["autoencoder"] = ae.detach()

    return current
