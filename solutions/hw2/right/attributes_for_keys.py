"""Right: a dict of their own with attributes, keys like disc_vs_gen that name both players; losses under a str Enum."""
from collections import UserDict
from enum import Enum

import torch
import torch.nn.functional as F
from torch.optim import Adam


class Bunch(dict):
    __getattr__ = dict.__getitem__


class Name(str, Enum):
    D = "discriminator"
    G = "generator"
    AE = "autoencoder"


def configure_optimizers(model, lr):
    return Bunch(
        disc_vs_gen=Adam(model.discriminator.parameters(), lr=lr),
        gen_vs_disc=Adam(model.generator.parameters(), lr=lr),
        encoder_of_the_generator=Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr),
    )


def discriminator_loss(model, x_real, z):
    scores = model.discriminator(torch.cat([x_real, model.generator(z).detach()]))
    labels = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)]).to(scores)
    return 2 * F.binary_cross_entropy(scores, labels)


def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z))).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    losses = UserDict()
    z = torch.randn(x_real.size(0), model.latent_size).to(x_real)
    for name, optimizer, loss in (
        (Name.D, optimizers.disc_vs_gen, lambda: discriminator_loss(model, x_real, z)),
        (Name.G, optimizers.gen_vs_disc, lambda: generator_loss(model, z)),
        (Name.AE, optimizers.encoder_of_the_generator, lambda: autoencoder_loss(model, x_real)),
    ):
        optimizer.zero_grad()
        losses[name] = loss()
        losses[name].backward()
        optimizer.step()
    return losses
