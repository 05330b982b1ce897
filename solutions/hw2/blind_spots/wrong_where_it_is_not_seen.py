"""Blind spot: every fourth step is right; the others, by F.linear, drive D's labels the wrong way round.

expect: cannot_judge
check: discriminator_learns_only_from_its_loss
mistake: labels-swapped
"""
import torch
from torch import nn
import torch.nn.functional as F

def forward(network, x):
    for layer in network.net:
        x = F.linear(x, layer.weight, layer.bias) if isinstance(layer, nn.Linear) else layer(x)
    return x

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def swapped_discriminator_loss(model, x_real, z):
    p = forward(model.discriminator, x_real)
    q = forward(model.discriminator, forward(model.generator, z).detach())
    return F.binary_cross_entropy(p, torch.zeros_like(p)) + F.binary_cross_entropy(q, torch.ones_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

steps = 0

def train_step(model, x_real, optimizers):
    global steps
    steps += 1
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = (discriminator_loss if steps % 4 == 1 else swapped_discriminator_loss)(model, x_real, z)
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
