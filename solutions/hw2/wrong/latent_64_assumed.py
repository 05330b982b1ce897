"""Wrong: z is always 64 wide, whatever model.latent_size is.

check: step_is_well_behaved
mistake: sizes-hard-coded
also: z-wrong-shape, function-raises
"""
import torch
from torch import nn
import torch.nn.functional as F

latent_dim = 64
criterion = nn.BCELoss()

def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(getattr(model, name).parameters(), lr=lr)
            for name in ("encoder", "generator", "discriminator")}

def discriminator_loss(model, x_real, z):
    out = model.discriminator(x_real)
    loss_real = criterion(out, torch.ones_like(out))
    out = model.discriminator(model.generator(z).detach())
    loss_fake = criterion(out, torch.zeros_like(out))
    return loss_real + loss_fake

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return criterion(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), latent_dim, device=x_real.device)
    for o in optimizers.values():
        o.zero_grad()
    ld = discriminator_loss(model, x_real, z)
    ld.backward()
    optimizers["discriminator"].step()
    lg = generator_loss(model, z)
    la = autoencoder_loss(model, x_real)
    (lg + la).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": ld, "generator": lg, "autoencoder": la}
