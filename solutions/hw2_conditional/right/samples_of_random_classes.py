"""Right: in the step the samples are asked for classes that are drawn at random, and judged under the same."""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    shift = torch.randint(1, number_of_classes, h.shape, device=h.device)
    return (h + shift) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    s_r = model.discriminator(x_real, h)
    s_w = model.discriminator(x_real, h_wrong)
    s_f = model.discriminator(fake, h)
    rejected = F.binary_cross_entropy(s_w, torch.zeros_like(s_w)) + F.binary_cross_entropy(s_f, torch.zeros_like(s_f))
    return F.binary_cross_entropy(s_r, torch.ones_like(s_r)) + 0.5 * rejected


def generator_loss(model, x_real, h, z, weight):
    s_f = model.discriminator(model.generator(z, h), h)
    error = F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)
    return F.binary_cross_entropy(s_f, torch.ones_like(s_f)) + weight * error


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    n = len(x_real)
    device = x_real.device
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    h_asked = torch.randint(model.number_of_classes, (n,), device=device)

    z = torch.randn(n, model.latent_size, device=device)
    s_r, s_w = model.discriminator(x_real, h), model.discriminator(x_real, h_wrong)
    s_f = model.discriminator(model.generator(z, h_asked).detach(), h_asked)
    loss_d = F.binary_cross_entropy(s_r, torch.ones_like(s_r)) + 0.5 * (
        F.binary_cross_entropy(s_w, torch.zeros_like(s_w)) + F.binary_cross_entropy(s_f, torch.zeros_like(s_f))
    )
    optimizers["discriminator"].zero_grad()
    loss_d.backward()
    optimizers["discriminator"].step()

    s_f = model.discriminator(model.generator(z, h_asked), h_asked)
    loss_e = autoencoder_loss(model, x_real, h)
    loss_g = F.binary_cross_entropy(s_f, torch.ones_like(s_f)) + 30 * loss_e
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    loss_g.backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
