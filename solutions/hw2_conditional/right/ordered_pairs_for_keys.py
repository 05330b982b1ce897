"""Right: optimizers in an OrderedDict under tuples, losses as numbers of NumPy in a ChainMap."""
from collections import ChainMap, OrderedDict

import numpy as np
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    nets = [("net", "d"), ("net", "g"), ("net", "e")], (model.discriminator, model.generator, model.encoder)
    return OrderedDict((key, torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.999))) for key, net in zip(*nets))


def draw_wrong_labels(h, number_of_classes):
    return (h + torch.randint(1, number_of_classes, h.shape, device=h.device)) % number_of_classes


def bce(p, label):
    return F.binary_cross_entropy(p, torch.full_like(p, label))


def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    right, wrong, made = model.discriminator(x_real, h), model.discriminator(x_real, h_wrong), model.discriminator(fake, h)
    return bce(right, 1.0) + (bce(wrong, 0.0) + bce(made, 0.0)) / 2


def generator_loss(model, x_real, h, z, weight):
    return bce(model.discriminator(model.generator(z, h), h), 1.0) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    opt_d, opt_g, opt_e = (optimizers["net", name] for name in "dge")
    opt_d.zero_grad()
    d = discriminator_loss(model, x_real, h, h_wrong, z)
    d.backward()
    opt_d.step()
    opt_g.zero_grad()
    g = generator_loss(model, x_real, h, z, 30)
    g.backward()
    opt_g.step()
    opt_e.zero_grad()
    e = autoencoder_loss(model, x_real, h)
    e.backward()
    opt_e.step()
    return ChainMap({"discriminator": np.float32(d.item())}, {"generator": np.float64(g.item())}, {"autoencoder": e})
