"""Wrong: the generator's loss uses reduction='sum'.

check: generator_loss_is_right
mistake: sum-instead-of-mean
"""
import torch
from torch import nn

d_criterion = nn.BCELoss()
g_criterion = nn.BCELoss(reduction="sum")
r_criterion = nn.MSELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "GE": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return d_criterion(p, torch.ones_like(p)) + d_criterion(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return g_criterion(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return r_criterion(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    optimizers["GE"].zero_grad()
    (g + a).backward()
    optimizers["GE"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
