"""Tries: return objects of its own that answer every question, and some with side effects.

Must hold: no point, and a reason.
"""

PLACE = "loss_functions"
MISTAKE = ".+"


class Anything:
    shape, dtype, requires_grad, ndim = (), "float32", True, 0

    def __getattr__(self, name):
        return lambda *_, **__: self

    def __float__(self):
        raise SystemExit("7/7")

    def __repr__(self):
        return "7"

    def __eq__(self, other):
        return True

    __hash__ = None


def discriminator_loss(model, x_real, z):
    return Anything()


def generator_loss(model, z):
    raise SystemExit(7)


def autoencoder_loss(model, x_real):
    raise KeyboardInterrupt
