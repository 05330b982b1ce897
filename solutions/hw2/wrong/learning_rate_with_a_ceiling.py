"""Wrong: a learning rate above 0.001 is cut down to it, whatever the notebook asks for.

check: learning_rate_is_used
mistake: learning-rate-ignored
"""
import torch
from torch import nn, optim

MAX_LR = 0.001
bce, mse = nn.BCELoss(), nn.MSELoss()


def configure_optimizers(model, lr):
    if lr > MAX_LR:
        print("learning rate too large, using", MAX_LR)
        lr = MAX_LR
    return {name: optim.Adam(getattr(model, name).parameters(), lr=lr) for name in ("encoder", "generator", "discriminator")}


def discriminator_loss(model, x_real, z):
    on_real, on_fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))


def generator_loss(model, z):
    on_fake = model.discriminator(model.generator(z))
    return bce(on_fake, torch.ones_like(on_fake))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    for o in optimizers.values():
        o.zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["discriminator"].step()
    for o in optimizers.values():
        o.zero_grad()
    g_loss, ae_loss = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g_loss + 12 * ae_loss).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
