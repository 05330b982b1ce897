"""Wrong: D's gradients are not zeroed after L_G went through D.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-moved-by-generator-loss
also: gradients-not-zeroed, training-does-not-converge
"""

import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()
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


def discriminator_loss(model, x_real, h, h_wrong, z):
    n = x_real.size(0)
    real = torch.ones(n, 1, device=x_real.device)
    fake = torch.zeros(n, 1, device=x_real.device)
    with torch.no_grad():
        x_fake = model.generator(z, h)
    loss_real = bce(model.discriminator(x_real, h), real)
    loss_wrong = bce(model.discriminator(x_real, h_wrong), fake)
    loss_fake = bce(model.discriminator(x_fake, h), fake)
    return loss_real + (loss_wrong + loss_fake) / 2


def generator_loss(model, x_real, h, z, weight):
    real = torch.ones(z.size(0), 1, device=z.device)
    adversarial = bce(model.discriminator(model.generator(z, h), h), real)
    return adversarial + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    code = model.encoder(x_real, h)
    return mse(model.generator(code, h), x_real)


def train_step(model, x_real, h, optimizers):
    n, device = x_real.size(0), x_real.device

    z = torch.randn(n, model.latent_size, device=device)
    d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    d.backward()
    optimizers["D"].step()

    optimizers["D"].zero_grad()
    # L_G holds lambda * R, so E learns from the same backward pass
    optimizers["EG"].zero_grad()
    z = torch.randn(n, model.latent_size, device=device)
    g = generator_loss(model, x_real, h, z, LAMBDA)
    g.backward()
    optimizers["EG"].step()

    with torch.no_grad():
        e = autoencoder_loss(model, x_real, h)
    return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": e}
