"""Wrong: log(D(G(z)) - 1) instead of log(1 - D(G(z))), which is never a number.

check: discriminator_loss_is_right
mistake: loss-not-finite
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real_term = torch.log(model.discriminator(x_real)).mean()
    fake_term = torch.log(model.discriminator(model.generator(z).detach()) - 1).mean()
    return -(real_term + fake_term)


def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z))).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d.backward()
    optimizers["discriminator"].step()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (g + a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
