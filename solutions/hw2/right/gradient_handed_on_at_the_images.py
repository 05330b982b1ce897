"""Right: the gradient of L_G is taken at the images, and handed on to G in a backward pass of its own."""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}


def bce(p, y):
    return F.binary_cross_entropy(p, p.new_full(p.shape, y))


def discriminator_loss(model, x_real, z):
    return bce(model.discriminator(x_real), 1) + bce(model.discriminator(model.generator(z).detach()), 0)


def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), 1)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    images = model.generator(z)
    leaf = images.detach().requires_grad_(True)

    optimizers["D"].zero_grad()
    d = bce(model.discriminator(x_real), 1) + bce(model.discriminator(leaf.detach()), 0)
    d.backward()
    optimizers["D"].step()

    # D's opinion of the images, as a direction in which each pixel should go
    g = bce(model.discriminator(leaf), 1)
    (direction,) = torch.autograd.grad(g, leaf)
    optimizers["G"].zero_grad()
    images.backward(direction)
    optimizers["G"].step()

    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
