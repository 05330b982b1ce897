"""Wrong: the step has its own loss of D, in which real images get the label 0, too.

check: discriminator_learns_only_from_its_loss
mistake: reals-labeled-fake
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def configure_optimizers(model, lr):
    b = (0.5, 0.999)
    return {"disc": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=b),
            "gen": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=b),
            "enc": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=b)}


def draw_wrong_labels(h, number_of_classes):
    # add 1 .. C-1, never a full circle
    return (h + torch.randint(1, number_of_classes, h.shape, device=h.device)) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    s_r, s_w, s_f = model.discriminator(x_real, h), model.discriminator(x_real, h_wrong), model.discriminator(fake, h)
    l_r = F.binary_cross_entropy(s_r, torch.ones_like(s_r))
    l_w = F.binary_cross_entropy(s_w, torch.zeros_like(s_w))
    l_f = F.binary_cross_entropy(s_f, torch.zeros_like(s_f))
    return l_r + 0.5 * (l_w + l_f)


def generator_loss(model, x_real, h, z, weight):
    s_f = model.discriminator(model.generator(z, h), h)
    adv = F.binary_cross_entropy(s_f, torch.ones_like(s_f))
    rec = F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)
    return adv + weight * rec


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    optimizers["disc"].zero_grad()
    s = [model.discriminator(x_real, h), model.discriminator(x_real, h_wrong), model.discriminator(model.generator(z, h).detach(), h)]
    loss_d = sum(w * F.binary_cross_entropy(t, torch.zeros_like(t)) for w, t in zip((1, .5, .5), s))
    loss_d.backward()
    optimizers["disc"].step()
    optimizers["gen"].zero_grad()
    loss_g = generator_loss(model, x_real, h, z, 50)
    loss_g.backward()
    optimizers["gen"].step()
    optimizers["enc"].zero_grad()
    loss_e = autoencoder_loss(model, x_real, h)
    loss_e.backward()
    optimizers["enc"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
