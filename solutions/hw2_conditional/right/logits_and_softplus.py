"""Right: scores are turned back into logits, and the cross-entropies are softplus of them."""

import torch
from torch.nn.functional import mse_loss, softplus

LAMBDA = 20.0


def configure_optimizers(model, lr):
    eg = list(model.encoder.parameters()) + list(model.generator.parameters())
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.9)),
        "EG": torch.optim.Adam(eg, lr=lr, betas=(0.5, 0.9)),
    }


def draw_wrong_labels(h, number_of_classes):
    # draw among one class less, and jump over the true one
    drawn = torch.randint(0, number_of_classes - 1, h.shape, device=h.device)
    return torch.where(drawn >= h, drawn + 1, drawn)


def logits(model, x, h):
    return torch.logit(model.discriminator(x, h), eps=1e-6)


def discriminator_loss(model, x_real, h, h_wrong, z):
    accept = softplus(-logits(model, x_real, h)).mean()
    reject = softplus(logits(model, x_real, h_wrong)).mean()
    reject = reject + softplus(logits(model, model.generator(z, h).detach(), h)).mean()
    return accept + reject / 2


def generator_loss(model, x_real, h, z, weight):
    convince = softplus(-logits(model, model.generator(z, h), h)).mean()
    return convince + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    n, device = x_real.size(0), x_real.device

    optimizers["D"].zero_grad()
    z = torch.randn(n, model.latent_size, device=device)
    d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    d.backward()
    optimizers["D"].step()

    # L_G holds lambda * R, so E learns from the same backward pass
    optimizers["EG"].zero_grad()
    z = torch.randn(n, model.latent_size, device=device)
    g = generator_loss(model, x_real, h, z, LAMBDA)
    g.backward()
    optimizers["EG"].step()

    with torch.no_grad():
        e = autoencoder_loss(model, x_real, h)
    return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": e}
