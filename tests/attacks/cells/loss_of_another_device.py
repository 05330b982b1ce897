"""Tries: losses on a device that holds no values.

Must hold: the recording tells it as an error of the function, not of the grader.
"""

import torch

PLACE = "loss_functions"
MISTAKE = ".+"


def discriminator_loss(model, x_real, z):
    mean = (model.discriminator(x_real) + model.discriminator(model.generator(z))).mean()
    return mean.to("meta")


def generator_loss(model, z):
    mean = model.discriminator(model.generator(z)).mean()
    return mean.to("meta")


def autoencoder_loss(model, x_real):
    mean = model.generator(model.encoder(x_real)).mean()
    return mean.to("meta")
