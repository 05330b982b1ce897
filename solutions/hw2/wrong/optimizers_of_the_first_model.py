"""Wrong: the optimizers are kept in a global, so a second call gets those of the first call's model.

check: learning_rate_is_used
mistake: wrong-parameters-in-optimizer
also: given-model-not-trained, discriminator-never-updated, generator-never-updated, encoder-never-updated, training-does-not-converge
"""

import torch
import torch.nn.functional as F

OPTIMIZERS = None


def configure_optimizers(model, lr):
    global OPTIMIZERS
    if OPTIMIZERS is None:  # do not lose Adam's state when the cell runs again
        OPTIMIZERS = {
            "opt_D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "opt_E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
            "opt_G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        }
    return OPTIMIZERS


def discriminator_loss(model, x_real, z):
    D, G = model.discriminator, model.generator
    real, fake = D(x_real), D(G(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    D, G = model.discriminator, model.generator
    fake = D(G(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    E, G = model.encoder, model.generator
    return torch.mean(torch.square(G(E(x_real)) - x_real))


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    optimizers["opt_D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["opt_D"].step()

    optimizers["opt_E"].zero_grad()
    optimizers["opt_G"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    g_loss.backward()
    ae_loss.backward()
    optimizers["opt_E"].step()
    optimizers["opt_G"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
