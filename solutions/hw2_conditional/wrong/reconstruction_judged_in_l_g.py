"""Wrong: in L_G D judges the reconstruction G(E(x, h), h), and z is not used at all.

check: generator_loss_is_right
mistake: given-z-not-used
also: generator-not-trained-by-its-loss, training-does-not-converge
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    shift = torch.randint_like(h, 1, number_of_classes)
    return (h + shift) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    s_r = model.discriminator(x_real, h)
    s_w = model.discriminator(x_real, h_wrong)
    s_f = model.discriminator(model.generator(z, h).detach(), h)
    bce_r = F.binary_cross_entropy(s_r, torch.ones_like(s_r))
    bce_w = F.binary_cross_entropy(s_w, torch.zeros_like(s_w))
    bce_f = F.binary_cross_entropy(s_f, torch.zeros_like(s_f))
    return bce_r + 0.5 * (bce_w + bce_f)


def generator_loss(model, x_real, h, z, weight):
    x_hat = model.generator(model.encoder(x_real, h), h)
    s_f = model.discriminator(x_hat, h)
    return F.binary_cross_entropy(s_f, torch.ones_like(s_f)) + weight * F.mse_loss(x_hat, x_real)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    optimizers["D"].zero_grad()
    loss_d = discriminator_loss(model, x_real, h, h_wrong, z)
    loss_d.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    loss_g = generator_loss(model, x_real, h, z, 50.0)
    loss_g.backward()
    optimizers["G"].step()

    optimizers["E"].zero_grad()
    loss_e = autoencoder_loss(model, x_real, h)
    loss_e.backward()
    optimizers["E"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
