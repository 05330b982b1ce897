"""Right: one optimizer and one backward of all losses; L_G calls D functionally with detached weights."""

import torch
from torch.func import functional_call
from torch.nn import functional as F

RECONSTRUCTION_WEIGHT = 25


def configure_optimizers(model, lr):
    return {"everything": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


def draw_wrong_labels(h, number_of_classes):
    """Look the label up in a table: row c holds all classes but c."""
    classes = torch.arange(number_of_classes, device=h.device)
    table = torch.stack([classes[classes != c] for c in range(number_of_classes)])  # (C, C - 1)
    column = torch.randint(number_of_classes - 1, (len(h),), device=h.device)
    return table[h, column]


def judge(model, x, h):
    """D(x, h), but whatever is made of it cannot reach the weights of D."""
    weights = {name: w.detach() for name, w in model.discriminator.named_parameters()}
    return functional_call(model.discriminator, weights, (x, h))


def discriminator_loss(model, x_real, h, h_wrong, z):
    with torch.no_grad():
        x_fake = model.generator(z, h)
    p_real = model.discriminator(x_real, h).clamp(1e-7, 1 - 1e-7)
    p_wrong = model.discriminator(x_real, h_wrong).clamp(1e-7, 1 - 1e-7)
    p_fake = model.discriminator(x_fake, h).clamp(1e-7, 1 - 1e-7)
    return -(p_real.log() + 0.5 * (1 - p_wrong).log() + 0.5 * (1 - p_fake).log()).mean()


def generator_loss(model, x_real, h, z, weight):
    p_fake = judge(model, model.generator(z, h), h).clamp(1e-7, 1 - 1e-7)
    return -p_fake.log().mean() + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    (optimizer,) = optimizers.values()
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    losses = {
        "discriminator": discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z),
        "generator": generator_loss(model, x_real, h, z, RECONSTRUCTION_WEIGHT),
        "autoencoder": autoencoder_loss(model, x_real, h),
    }
    optimizer.zero_grad()
    sum(losses.values()).backward()
    optimizer.step()
    return {name: loss.item() for name, loss in losses.items()}
