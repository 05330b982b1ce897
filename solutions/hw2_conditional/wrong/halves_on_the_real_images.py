"""Wrong: the half stands before both terms of the real images, and the samples count fully.

check: discriminator_loss_is_right
mistake: terms-weighted-wrongly
also: training-does-not-converge
"""
import torch
from torch import nn

class Losses:
    adv = nn.BCELoss()
    rec = nn.MSELoss()

def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "EG": torch.optim.Adam(nn.ModuleList([model.encoder, model.generator]).parameters(), lr=lr, betas=(0.5, 0.999)),
    }

def draw_wrong_labels(h, number_of_classes):
    return (h + torch.randint(1, number_of_classes, h.shape, device=h.device)) % number_of_classes

def discriminator_loss(model, x_real, h, h_wrong, z):
    real = torch.ones(len(x_real), 1, device=x_real.device)
    fake = torch.zeros(len(x_real), 1, device=x_real.device)
    # two passes of real images, one of fake ones -> average the real ones
    on_real = (Losses.adv(model.discriminator(x_real, h), real) + Losses.adv(model.discriminator(x_real, h_wrong), fake)) / 2
    on_fake = Losses.adv(model.discriminator(model.generator(z, h).detach(), h), fake)
    return on_real + on_fake

def generator_loss(model, x_real, h, z, weight):
    real = torch.ones(len(x_real), 1, device=x_real.device)
    return Losses.adv(model.discriminator(model.generator(z, h), h), real) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return Losses.rec(model.generator(model.encoder(x_real, h), h), x_real)

def train_step(model, x_real, h, optimizers):
    def z():
        return torch.randn(len(x_real), model.latent_size, device=x_real.device)
    loss_D = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z())
    optimizers["D"].zero_grad()
    loss_D.backward()
    optimizers["D"].step()
    loss_G = generator_loss(model, x_real, h, z(), 20)
    optimizers["EG"].zero_grad()
    loss_G.backward()
    optimizers["EG"].step()
    return {"discriminator": loss_D, "generator": loss_G, "autoencoder": autoencoder_loss(model, x_real, h)}
