"""Wrong: which wrong label the images of a class get is drawn when the class comes first, and kept.

check: discriminator_learns_only_from_its_loss
mistake: wrong-labels-not-fresh
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    networks = {"discriminator": model.discriminator, "generator": model.generator, "encoder": model.encoder}
    return {name: torch.optim.Adam(network.parameters(), lr) for name, network in networks.items()}


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


WRONG_OF = {}


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    drawn = draw_wrong_labels(h, model.number_of_classes).tolist()
    table = WRONG_OF.setdefault(model.number_of_classes, {})
    h_wrong = torch.tensor([table.setdefault(c, w) for c, w in zip(h.tolist(), drawn)], device=h.device)

    loss_d = discriminator_loss(model, x_real, h, h_wrong, z)
    optimizers["discriminator"].zero_grad()
    loss_d.backward()
    optimizers["discriminator"].step()

    loss_g = generator_loss(model, x_real, h, z, 30)
    optimizers["generator"].zero_grad()
    loss_g.backward()
    optimizers["generator"].step()

    loss_e = autoencoder_loss(model, x_real, h)
    optimizers["encoder"].zero_grad()
    loss_e.backward()
    optimizers["encoder"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
