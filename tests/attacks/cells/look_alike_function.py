"""Tries: define the functions under names that look the same, with Cyrillic letters, and leave the real ones unwritten.

Must hold: the test cell calls the real names, which are not written.
"""

PLACE = "loss_functions"


def discriminаtor_lоss(model, x_real, z):
    return 0


def generatоr_loss(model, z):
    return 0


def autoencоder_loss(model, x_real):
    return 0
