"""Right: one Adam over everything; D's weights rest while G and E are trained."""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {"all": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


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
    opt = optimizers["all"]
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    opt.zero_grad(set_to_none=True)  # no gradient, no step: Adam leaves E and G alone here
    loss_d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    loss_d.backward()
    opt.step()

    opt.zero_grad(set_to_none=True)
    for p in model.discriminator.parameters():
        p.requires_grad = False
    loss_g = generator_loss(model, x_real, h, z, 10)
    loss_g.backward()
    opt.step()
    for p in model.discriminator.parameters():
        p.requires_grad = True
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": autoencoder_loss(model, x_real, h)}
