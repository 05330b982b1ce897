"""Wrong: the pixels are reconstructed with binary cross-entropy, as in many VAE tutorials.

check: autoencoder_loss_is_right
mistake: not-mean-squared-error
"""
import torch
from torch import nn

loss_function = nn.BCELoss()

def configure_optimizers(model, lr):
    opt = {}
    for part in (model.encoder, model.generator, model.discriminator):
        opt[type(part).__name__] = torch.optim.Adam(part.parameters(), lr=lr)
    return opt

def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return loss_function(real, torch.ones_like(real)) + loss_function(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return loss_function(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return loss_function(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    oE, oG, oD = optimizers.values()
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    oD.step()
    model.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    oG.step(); oE.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
