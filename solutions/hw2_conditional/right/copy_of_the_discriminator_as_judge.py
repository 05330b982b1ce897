"""Right: G is trained against a deep copy of D, made anew in every step, and D's own gradients stay clean."""
import copy

import torch
from torch import nn


def configure_optimizers(model, lr):
    return {
        "critic": torch.optim.Adam(model.discriminator.parameters(), lr, (0.5, 0.999)),
        "artist": torch.optim.Adam([
            {"params": model.generator.parameters()},
            {"params": model.encoder.parameters()},
        ], lr, (0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    wrong = h.clone()
    undecided = torch.ones_like(h, dtype=torch.bool)
    while undecided.any():
        wrong[undecided] = torch.randint(number_of_classes, (int(undecided.sum()),), device=h.device)
        undecided = wrong == h
    return wrong


def cross_entropy(score, real):
    target = torch.ones_like(score) if real else torch.zeros_like(score)
    return nn.functional.binary_cross_entropy(score, target)


def discriminator_loss(model, x_real, h, h_wrong, z):
    score = lambda x, label: model.discriminator(x, label)
    sample = model.generator(z, h).detach()
    rejections = [cross_entropy(score(x_real, h_wrong), False), cross_entropy(score(sample, h), False)]
    return cross_entropy(score(x_real, h), True) + torch.stack(rejections).mean()


def generator_loss(model, x_real, h, z, weight):
    judge = copy.deepcopy(model.discriminator).requires_grad_(False)
    fooled = cross_entropy(judge(model.generator(z, h), h), True)
    return fooled + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    new_z = lambda: torch.randn(len(x_real), model.latent_size, device=x_real.device)

    # the artist first, against yesterday's critic
    optimizers["artist"].zero_grad()
    a = generator_loss(model, x_real, h, new_z(), 50.0)
    a.backward()
    optimizers["artist"].step()

    optimizers["critic"].zero_grad()
    c = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), new_z())
    c.backward()
    optimizers["critic"].step()

    with torch.no_grad():
        r = autoencoder_loss(model, x_real, h)
    return {"discriminator": c.item(), "generator": a.item(), "autoencoder": r.item()}
