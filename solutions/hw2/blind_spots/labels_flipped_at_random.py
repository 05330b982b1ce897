"""Blind spot: right in the mean, 5 % of D's labels are flipped at random, so single rows point the wrong way.

expect: passed
"""
import torch
import torch.nn.functional as F

FLIP = 0.05

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def flip_some(labels):
    flip = (torch.rand_like(labels) < FLIP).float()
    return labels * (1 - flip) + (1 - labels) * flip

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return (F.binary_cross_entropy(p, flip_some(torch.ones_like(p)))
            + F.binary_cross_entropy(q, flip_some(torch.zeros_like(q))))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
