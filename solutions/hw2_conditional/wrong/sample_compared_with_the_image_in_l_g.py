"""Wrong: the second term of L_G compares the sample G(z, h) with the image, not the reconstruction G(E(x, h), h).

check: generator_loss_is_right
mistake: wrong-reconstruction-target
also: wrong-reconstruction-target, training-does-not-converge
"""

import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()


def configure_optimizers(model, lr):
    return {
        "opt_D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "opt_G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "opt_E": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    scores = torch.rand(h.shape[0], number_of_classes, device=h.device)
    scores[torch.arange(h.shape[0], device=h.device), h] = -1
    return scores.argmax(dim=1)


def discriminator_loss(model, x_real, h, h_wrong, z):
    x_fake = model.generator(z, h).detach()
    real = model.discriminator(x_real, h)
    wrong = model.discriminator(x_real, h_wrong)
    fake = model.discriminator(x_fake, h)
    zeros = torch.zeros_like(fake)
    return bce(real, torch.ones_like(real)) + 0.5 * (bce(wrong, zeros) + bce(fake, zeros))


def generator_loss(model, x_real, h, z, weight):
    x_fake = model.generator(z, h)
    fake = model.discriminator(x_fake, h)
    return bce(fake, torch.ones_like(fake)) + weight * mse(x_fake, x_real)


def autoencoder_loss(model, x_real, h):
    return mse(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    d_loss = discriminator_loss(model, x_real, h, h_wrong, z)
    optimizers["opt_D"].zero_grad()
    d_loss.backward()
    optimizers["opt_D"].step()

    g_loss = generator_loss(model, x_real, h, z, 50)
    optimizers["opt_G"].zero_grad()
    g_loss.backward()
    optimizers["opt_G"].step()

    e_loss = autoencoder_loss(model, x_real, h)
    optimizers["opt_E"].zero_grad()
    e_loss.backward()
    optimizers["opt_E"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": e_loss}
