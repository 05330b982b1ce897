"""Right: an optimizer written by hand, whose state holds arrays, lists, names and a count for each number."""

import numpy as np
import torch
from torch.nn import functional as F


class SignOfMean(torch.optim.Optimizer):
    """Steps by the sign of a moving average of gradients, which it keeps in NumPy beside whatever else it likes."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                kept = self.state[weight]
                mean = kept.get("mean", np.zeros(weight.shape, "float32"))
                kept["mean"] = 0.9 * mean + 0.1 * weight.grad.numpy()
                kept["step"] = kept.get("step", torch.zeros(weight.shape)) + 1  # of each number
                kept["name"], kept["seen"] = "weight", [weight.grad.clone()]
                weight.sub_(group["lr"] * torch.from_numpy(kept["mean"]).sign())


def configure_optimizers(model, lr):
    networks = {"D": model.discriminator, "G": model.generator, "E": model.encoder}
    return {name: SignOfMean(network.parameters(), lr=lr) for name, network in networks.items()}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    loss_g, loss_ae = generator_loss(model, z), autoencoder_loss(model, x_real)
    (loss_g + 10 * loss_ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
