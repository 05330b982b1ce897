"""Wrong: the step trains a model that was built in a cell above, with the homework's sizes, and ignores its argument.

check: discriminator_learns_only_from_its_loss
mistake: given-model-not-trained
"""
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy as bce

from course_utils.models import Model

gan = Model(number_of_hidden_layers=2, input_size=784, hidden_size=256, latent_size=64, activation=nn.ReLU)


def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(net.parameters(), lr=lr) for name, net in model.named_children()}


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        fakes = model.generator(z)
    p, q = model.discriminator(x_real), model.discriminator(fakes)
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).pow(2).mean()


def train_step(_, x_real, optimizers):
    z = torch.randn(len(x_real), gan.latent_size)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(gan, x_real, z)
    d.backward()
    optimizers["discriminator"].step()

    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(gan, z)
    r = autoencoder_loss(gan, x_real)
    (g + r).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return dict(discriminator=d, generator=g, autoencoder=r)
