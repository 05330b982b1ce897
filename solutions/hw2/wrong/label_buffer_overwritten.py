"""Wrong: one label tensor is filled with 0 before the real loss is computed, so real images are labelled fake as well.

check: discriminator_loss_is_right
mistake: reals-labeled-fake
also: labels-swapped
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    make = lambda p: torch.optim.Adam(p, lr=lr, betas=(0.5, 0.999))
    return {
        "D": make(model.discriminator.parameters()),
        "G": make(model.generator.parameters()),
        "E": make(model.encoder.parameters()),
    }


def discriminator_loss(model, x_real, z):
    label = torch.empty(x_real.size(0), 1, device=x_real.device)
    real_label = label.fill_(1.0)
    fake_label = label.fill_(0.0)      # same memory!
    loss = F.binary_cross_entropy(model.discriminator(x_real), real_label)
    loss = loss + F.binary_cross_entropy(model.discriminator(model.generator(z).detach()), fake_label)
    return loss


def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones_like(p))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
