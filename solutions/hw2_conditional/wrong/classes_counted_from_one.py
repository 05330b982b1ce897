"""Wrong: wrong labels are drawn from 1 to number_of_classes, as if classes were counted from 1.

check: wrong_labels_are_wrong
mistake: labels-out-of-range
also: function-raises
"""
import torch
import torch.nn as nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return dict(D=torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
                GE=torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr, betas=(0.5, 0.999)))

def draw_wrong_labels(h, number_of_classes):
    w = torch.randint(1, number_of_classes + 1, h.shape, device=h.device)   # high is exclusive!
    while (w == h).any():
        w = torch.where(w == h, torch.randint(1, number_of_classes + 1, h.shape, device=h.device), w)
    return w

def discriminator_loss(model, x_real, h, h_wrong, z):
    r, w = model.discriminator(x_real, h), model.discriminator(x_real, h_wrong)
    f = model.discriminator(model.generator(z, h).detach(), h)
    return bce(r, torch.ones_like(r)) + .5 * bce(w, torch.zeros_like(w)) + .5 * bce(f, torch.zeros_like(f))

def generator_loss(model, x_real, h, z, weight):
    f = model.discriminator(model.generator(z, h), h)
    return bce(f, torch.ones_like(f)) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return ((model.generator(model.encoder(x_real, h), h) - x_real) ** 2).mean()

def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(h), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    d.backward()
    optimizers['D'].step()
    optimizers['GE'].zero_grad()
    g = generator_loss(model, x_real, h, z, 25)
    g.backward()
    optimizers['GE'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': autoencoder_loss(model, x_real, h)}
