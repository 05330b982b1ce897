"""Wrong: the fakes are not detached in D's loss and G's gradients are only zeroed at the very start of the step.

check: generator_learns_only_from_its_losses
mistake: fakes-not-detached
also: gradients-not-zeroed
"""
import torch
from torch import nn

bce = nn.BCELoss()


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "AE": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    ones = torch.ones(x_real.size(0), 1, device=x_real.device)
    zeros = torch.zeros(z.size(0), 1, device=x_real.device)
    fake = model.generator(z)
    return bce(model.discriminator(x_real), ones) + bce(model.discriminator(fake), zeros)


def generator_loss(model, z):
    ones = torch.ones(z.size(0), 1, device=z.device)
    return bce(model.discriminator(model.generator(z)), ones)


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    # clear everything once, then go through the three losses
    for opt in optimizers.values():
        opt.zero_grad()

    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["D"].step()

    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["G"].step()

    optimizers["AE"].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["AE"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
