"""Wrong: wrong labels come from torch.rand and floor, and stay floating-point numbers.

check: wrong_labels_are_wrong
mistake: wrong-return-value
also: function-raises
"""
import torch
from torch.nn.functional import binary_cross_entropy as BCE, mse_loss as MSE


def configure_optimizers(model, lr):
    make = lambda net: torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"d": make(model.discriminator), "g": make(model.generator), "e": make(model.encoder)}


def draw_wrong_labels(h, number_of_classes):
    # uniform in [0, 1) -> steps 1 .. number_of_classes - 1
    u = torch.rand(h.shape, device=h.device)
    steps = 1 + torch.floor(u * (number_of_classes - 1))
    return (h + steps) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    s_r = model.discriminator(x_real, h)
    s_w = model.discriminator(x_real, h_wrong)
    s_f = model.discriminator(model.generator(z, h).detach(), h)
    ones, zeros = torch.ones_like(s_r), torch.zeros_like(s_r)
    return BCE(s_r, ones) + (BCE(s_w, zeros) + BCE(s_f, zeros)) / 2


def generator_loss(model, x_real, h, z, weight):
    s_f = model.discriminator(model.generator(z, h), h)
    return BCE(s_f, torch.ones_like(s_f)) + weight * MSE(model.generator(model.encoder(x_real, h), h), x_real)


def autoencoder_loss(model, x_real, h):
    return MSE(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    losses = {"discriminator": discriminator_loss(model, x_real, h, h_wrong, z)}
    optimizers["d"].zero_grad()
    losses["discriminator"].backward()
    optimizers["d"].step()
    losses["generator"] = generator_loss(model, x_real, h, z, 30)
    optimizers["g"].zero_grad()
    losses["generator"].backward()
    optimizers["g"].step()
    losses["autoencoder"] = autoencoder_loss(model, x_real, h)
    optimizers["e"].zero_grad()
    losses["autoencoder"].backward()
    optimizers["e"].step()
    return losses
