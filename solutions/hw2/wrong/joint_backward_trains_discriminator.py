"""Wrong: the fakes are detached, but all losses share one backward, so D also follows the generator's loss.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-moved-by-generator-loss
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {net: torch.optim.Adam(getattr(model, net).parameters(), lr=lr) for net in ["encoder", "generator", "discriminator"]}

def discriminator_loss(model, x_real, z):
    r = model.discriminator(x_real)
    f = model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    losses = {"discriminator": discriminator_loss(model, x_real, z),
              "generator": generator_loss(model, z),
              "autoencoder": autoencoder_loss(model, x_real)}
    for opt in optimizers.values():
        opt.zero_grad()
    sum(losses.values()).backward()
    for opt in optimizers.values():
        opt.step()
    return losses
