"""Blind spot: one Adam, gradients zeroed to 0 and not None; in D's step momentum alone moves G and E a little.

expect: passed
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"adam": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    opt = optimizers["adam"]
    opt.zero_grad(set_to_none=False)
    d = discriminator_loss(model, x_real, z)
    d.backward()
    opt.step()

    opt.zero_grad(set_to_none=False)
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    model.discriminator.zero_grad(set_to_none=False)   # drop what G's loss left in D
    opt.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
