"""Wrong: z = torch.randn_like(x_real), as wide as an image, which G cannot take.

check: step_is_well_behaved
mistake: z-wrong-shape
also: z-wrong-shape
"""
import torch
from torch import nn

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return nn.BCELoss()(p, torch.ones_like(p)) + nn.BCELoss()(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return nn.BCELoss()(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn_like(x_real)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["g"].step()
    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
