"""Wrong: each optimizer gets back the state that it had when it was new.

check: step_is_well_behaved
mistake: optimizers-remade
"""

import copy

import torch
from torch.nn import functional as F

STATES = {}


def configure_optimizers(model, lr):
    networks = {"D": model.discriminator, "G": model.generator, "E": model.encoder}
    return {name: torch.optim.Adam(network.parameters(), lr=lr) for name, network in networks.items()}


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
    for optimizer in optimizers.values():
        optimizer.load_state_dict(STATES.setdefault(optimizer, copy.deepcopy(optimizer.state_dict())))
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    loss_g, loss_ae = generator_loss(model, z), autoencoder_loss(model, x_real)
    (loss_g + 10 * loss_ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
