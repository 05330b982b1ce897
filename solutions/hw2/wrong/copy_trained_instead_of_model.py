"""Wrong: train_step works on a deep copy of the model ("to be safe"); the given model gets no gradient.

check: discriminator_learns_only_from_its_loss
mistake: given-model-not-trained
also: step-not-taken, discriminator-never-updated, generator-never-updated, encoder-never-updated
"""
import copy
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
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

def train_step(model, x_real, optimizers):
    net = copy.deepcopy(model)
    z = torch.randn(x_real.size(0), net.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(net, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(net, z)
    a = autoencoder_loss(net, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
