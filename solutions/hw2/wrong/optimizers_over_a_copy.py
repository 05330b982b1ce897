"""Wrong: configure_optimizers moves a deep copy of the model into the optimizers, so the given model is never trained.

check: every_module_has_an_optimizer
mistake: wrong-parameters-in-optimizer
also: given-model-not-trained, module-without-optimizer, discriminator-never-updated, generator-never-updated, encoder-never-updated
"""
import copy
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    model = copy.deepcopy(model)     # do not change the caller's model
    return {k: torch.optim.Adam(getattr(model, k).parameters(), lr=lr) for k in ("discriminator", "generator", "encoder")}

def discriminator_loss(model, x_real, z):
    r = model.discriminator(x_real)
    f = model.discriminator(model.generator(z).detach())
    return (bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))) / 2

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean()

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    model.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
