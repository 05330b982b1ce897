"""Right: gradients taken with torch.autograd.grad and put into .grad, each network gets its own sum of losses."""
import torch
from torch import autograd, optim

EPS = 1e-6

def configure_optimizers(model, lr):
    return {"encoder": optim.Adam(model.encoder.parameters(), lr),
            "generator": optim.Adam(model.generator.parameters(), lr),
            "discriminator": optim.Adam(model.discriminator.parameters(), lr)}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real).clamp(EPS, 1 - EPS)
    fake = model.discriminator(model.generator(z).detach()).clamp(EPS, 1 - EPS)
    return -(real.log() + (1 - fake).log()).mean()

def generator_loss(model, z):
    return -model.discriminator(model.generator(z)).clamp(EPS, 1 - EPS).log().mean()

def autoencoder_loss(model, x_real):
    difference = model.generator(model.encoder(x_real)) - x_real
    return difference.pow(2).mean()


def set_grad(loss, parameters, keep=False):
    # autograd.grad only touches the weights I ask for, so nothing has to be zeroed or detached
    parameters = list(parameters)
    for p, g in zip(parameters, autograd.grad(loss, parameters, retain_graph=keep)):
        p.grad = g

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d_loss = discriminator_loss(model, x_real, z)
    set_grad(d_loss, model.discriminator.parameters())
    optimizers["discriminator"].step()

    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    set_grad(ae_loss, model.encoder.parameters(), keep=True)
    set_grad(g_loss + 3.0 * ae_loss, model.generator.parameters())
    optimizers["encoder"].step()
    optimizers["generator"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
