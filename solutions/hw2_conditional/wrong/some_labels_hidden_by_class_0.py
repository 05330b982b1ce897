"""Wrong: the step replaces a fifth of the labels by class 0, as if that were "no label", and trains on what is left.

check: discriminator_learns_only_from_its_loss
mistake: wrong-labels-accepted
also: reconstruction-under-another-label, training-does-not-converge
"""

import torch
import torch.nn.functional as F

HIDDEN = 0.2


def configure_optimizers(model, lr):
    make = torch.optim.Adam
    return {name: make(getattr(model, name).parameters(), lr=lr, betas=(0.5, 0.999))
            for name in ("encoder", "generator", "discriminator")}


def draw_wrong_labels(h, number_of_classes):
    return (h + torch.randint_like(h, 1, number_of_classes)) % number_of_classes


def bce(s, y):
    return F.binary_cross_entropy(s, torch.full_like(s, y))


def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    reject = bce(model.discriminator(x_real, h_wrong), 0.0) + bce(model.discriminator(fake, h), 0.0)
    return bce(model.discriminator(x_real, h), 1.0) + reject / 2


def generator_loss(model, x_real, h, z, weight):
    return bce(model.discriminator(model.generator(z, h), h), 1.0) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    h = torch.where(torch.rand(h.shape, device=h.device) < HIDDEN, torch.zeros_like(h), h)
    losses = {}
    for name, loss in (
        ("discriminator", lambda: discriminator_loss(model, x_real, h, h_wrong, z)),
        ("generator", lambda: generator_loss(model, x_real, h, z, 100)),
        ("autoencoder", lambda: autoencoder_loss(model, x_real, h)),
    ):
        model.zero_grad()
        losses[name] = loss()
        losses[name].backward()
        optimizers["encoder" if name == "autoencoder" else name].step()
    return losses
