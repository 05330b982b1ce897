"""Blind spot: half of D's fakes come from a pool of earlier steps, images that today's G would not make.

expect: passed
"""
import random
import torch
from torch import nn

bce = nn.BCELoss()
pool = []

def configure_optimizers(model, lr):
    pool.clear()
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def with_history(fakes, size=16):
    """image pool of Shrivastava et al."""
    out = fakes.clone()
    for i in range(len(fakes)):
        if len(pool) < size:
            pool.append(fakes[i])
        elif random.random() < 0.5:
            j = random.randrange(size)
            out[i], pool[j] = pool[j], fakes[i]
    return out

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    with torch.no_grad():
        fakes = with_history(model.generator(z))
    optimizers["D"].zero_grad()
    p, q = model.discriminator(x_real), model.discriminator(fakes)
    d = bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
