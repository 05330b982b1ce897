"""Wrong: the squared errors are summed up and divided by 784 times the number of images, whatever an image's size is.

check: generator_loss_is_right
mistake: sizes-hard-coded
"""
import torch
from torch import nn
from torch.optim import Adam

PIXELS = 28 * 28
bce = nn.BCELoss()


def configure_optimizers(model, lr):
    networks = {"D": model.discriminator, "G": model.generator, "E": model.encoder}
    return {name: Adam(net.parameters(), lr, betas=(0.5, 0.9)) for name, net in networks.items()}


def draw_wrong_labels(h, number_of_classes):
    others = torch.randint(number_of_classes - 1, h.shape, device=h.device)
    return others + (others >= h).long()


def accept(p):
    return bce(p, torch.ones_like(p))


def reject(p):
    return bce(p, torch.zeros_like(p))


def discriminator_loss(model, x_real, h, h_wrong, z):
    with torch.no_grad():
        x_fake = model.generator(z, h)
    wrong = reject(model.discriminator(x_real, h_wrong))
    fake = reject(model.discriminator(x_fake, h))
    return accept(model.discriminator(x_real, h)) + (wrong + fake) / 2


def autoencoder_loss(model, x_real, h):
    difference = model.generator(model.encoder(x_real, h), h) - x_real
    return difference.pow(2).sum() / (PIXELS * x_real.shape[0])


def generator_loss(model, x_real, h, z, weight):
    return accept(model.discriminator(model.generator(z, h), h)) + weight * autoencoder_loss(model, x_real, h)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    losses = {}
    for net, name, loss in (
        ("D", "discriminator", lambda: discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)),
        ("G", "generator", lambda: generator_loss(model, x_real, h, z, 30.0)),
        ("E", "autoencoder", lambda: autoencoder_loss(model, x_real, h)),
    ):
        losses[name] = loss()
        optimizers[net].zero_grad()
        losses[name].backward()
        optimizers[net].step()
    return losses
