"""Wrong: the detach is on the wrong side, in the generator's loss instead of the discriminator's.

check: generator_loss_is_right
mistake: loss-detached
also: fakes-not-detached, discriminator-moved-by-generator-loss
"""
import torch
from torch import nn

loss_fn = nn.BCELoss()

def configure_optimizers(model, lr):
    opts = dict()
    opts["discriminator"] = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opts["generator"] = torch.optim.Adam(model.generator.parameters(), lr=lr)
    opts["autoencoder"] = torch.optim.Adam(list(model.generator.parameters()) + list(model.encoder.parameters()), lr=lr)
    return opts

def discriminator_loss(model, x_real, z):
    x_fake = model.generator(z)
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(x_fake)
    return loss_fn(d_real, torch.ones_like(d_real)) + loss_fn(d_fake, torch.zeros_like(d_fake))

def generator_loss(model, z):
    # we must not train the discriminator here so detach
    x_fake = model.generator(z).detach()
    d_fake = model.discriminator(x_fake)
    return loss_fn(d_fake, torch.ones_like(d_fake))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    losses = {
        "discriminator": lambda: discriminator_loss(model, x_real, z),
        "generator": lambda: generator_loss(model, z),
        "autoencoder": lambda: autoencoder_loss(model, x_real),
    }
    for name in losses:
        optimizers[name].zero_grad()
        losses[name] = losses[name]()
        losses[name].backward()
        optimizers[name].step()
    return losses
