"""Tries: losses that pretend to have 2**40 elements without taking any memory.

Must hold: no point, and a reason; nobody makes room for them.
"""

import torch

LIMITS = {"cell_seconds": 5}
PLACE = "loss_functions"
MISTAKE = ".+"


def discriminator_loss(model, x_real, z):
    mean = (model.discriminator(x_real) + model.discriminator(model.generator(z))).mean()
    return mean.expand(2**40)


def generator_loss(model, z):
    mean = model.discriminator(model.generator(z)).mean()
    return mean.expand(2**40)


def autoencoder_loss(model, x_real):
    mean = model.generator(model.encoder(x_real)).mean()
    return mean.expand(2**40)
