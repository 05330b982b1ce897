"""Right: a network that must not learn from a loss is called with detached weights; one Adam, one backward pass."""

import torch
import torch.nn.functional as F
from torch.func import functional_call


def constant(net, *args):
    return functional_call(net, {k: v.detach() for k, v in net.named_parameters()}, args)


def configure_optimizers(model, lr):
    return {"everything": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


def draw_wrong_labels(h, number_of_classes):
    steps = torch.empty_like(h).random_(1, number_of_classes)
    return (h + steps) % number_of_classes


def bce(s, y):
    return F.binary_cross_entropy(s, torch.empty_like(s).fill_(y))


def discriminator_loss(model, x_real, h, h_wrong, z):
    x_fake = constant(model.generator, z, h)
    D = model.discriminator
    return bce(D(x_real, h), 1) + 0.5 * bce(D(x_real, h_wrong), 0) + 0.5 * bce(D(x_fake, h), 0)


def generator_loss(model, x_real, h, z, weight):
    reconstruction = model.generator(constant(model.encoder, x_real, h), h)
    return bce(constant(model.discriminator, model.generator(z, h), h), 1) + weight * F.mse_loss(reconstruction, x_real)


def autoencoder_loss(model, x_real, h):
    # E alone: G hands the gradient on to it and keeps none
    return F.mse_loss(constant(model.generator, model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(h), model.latent_size, device=x_real.device)
    losses = {
        "discriminator": discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z),
        "generator": generator_loss(model, x_real, h, z, 30),
        "autoencoder": autoencoder_loss(model, x_real, h),
    }
    optimizers["everything"].zero_grad()
    sum(losses.values()).backward()
    optimizers["everything"].step()
    return losses
