"""Right: the model is brought to float64 when the optimizers are made, and everything follows its type."""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    model.double()
    adam = {"lr": lr, "betas": (0.5, 0.999)}
    return {
        "d": torch.optim.Adam(model.discriminator.parameters(), **adam),
        "g": torch.optim.Adam(model.generator.parameters(), **adam),
        "ae": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], **adam),
    }


def type_of(model):
    return next(model.parameters()).dtype


def discriminator_loss(model, x_real, z):
    x_real, z = x_real.to(type_of(model)), z.to(type_of(model))
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    score = model.discriminator(model.generator(z.to(type_of(model))))
    return F.binary_cross_entropy(score, torch.ones_like(score))


def autoencoder_loss(model, x_real):
    x_real = x_real.to(type_of(model))
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    def fresh_z():
        return torch.randn(len(x_real), model.latent_size)

    losses = {
        "discriminator": ("d", lambda: discriminator_loss(model, x_real, fresh_z())),
        "generator": ("g", lambda: generator_loss(model, fresh_z())),
        "autoencoder": ("ae", lambda: autoencoder_loss(model, x_real)),
    }
    returned = {}
    for name, (key, compute) in losses.items():
        optimizers[key].zero_grad()
        loss = compute()
        loss.backward()
        optimizers[key].step()
        returned[name] = loss.detach()
    return returned
