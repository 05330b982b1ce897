"""Wrong: D goes backward in two halves, and only that of the samples is returned as its loss.

check: step_is_well_behaved
mistake: returned-losses-mixed-up
"""

import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}


def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    p = model.discriminator(x_real)
    loss_d = F.binary_cross_entropy(p, torch.ones_like(p))
    loss_d.backward()
    q = model.discriminator(model.generator(z).detach())
    loss_d = F.binary_cross_entropy(q, torch.zeros_like(q))
    loss_d.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    loss_g = generator_loss(model, z)
    loss_g.backward()
    optimizers["G"].step()

    optimizers["E"].zero_grad()
    optimizers["G"].zero_grad()
    loss_ae = autoencoder_loss(model, x_real)
    loss_ae.backward()
    optimizers["E"].step()
    optimizers["G"].step()

    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
