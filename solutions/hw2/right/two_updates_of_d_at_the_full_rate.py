"""Right: D is updated twice in each step, each time with latent vectors of its own, and at the rate of the others."""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()


def configure_optimizers(model, lr):
    return {part: torch.optim.Adam(getattr(model, part).parameters(), lr=lr)
            for part in ("discriminator", "generator", "encoder")}


def discriminator_loss(model, x_real, z):
    x_fake = model.generator(z).detach()
    d_real, d_fake = model.discriminator(x_real), model.discriminator(x_fake)
    return bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake))


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    opt_d, opt_g, opt_e = optimizers.values()
    noise = lambda: torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    for _ in range(2):
        opt_d.zero_grad()
        loss_d = discriminator_loss(model, x_real, noise())
        loss_d.backward()
        opt_d.step()

    opt_g.zero_grad()
    opt_e.zero_grad()
    loss_g = generator_loss(model, noise())
    loss_ae = autoencoder_loss(model, x_real)
    (loss_g + loss_ae).backward()
    opt_g.step()
    opt_e.step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
