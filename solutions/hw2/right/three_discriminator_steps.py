"""Right: three discriminator updates with fresh noise for every update of G and E; RMSprop everywhere."""

import torch
import torch.nn.functional as F

N_CRITIC = 3


def sample_z(model, like):
    return torch.randn(like.shape[0], model.latent_size, device=like.device, dtype=like.dtype)


def configure_optimizers(model, lr):
    return dict(
        disc=torch.optim.RMSprop(model.discriminator.parameters(), lr=lr / 2),
        gen=torch.optim.RMSprop(model.generator.parameters(), lr=lr),
        enc=torch.optim.RMSprop(model.encoder.parameters(), lr=lr),
    )


def discriminator_loss(model, x_real, z):
    real_score = model.discriminator(x_real)
    fake_score = model.discriminator(model.generator(z).detach())
    loss_real = F.binary_cross_entropy(real_score, torch.ones_like(real_score))
    loss_fake = F.binary_cross_entropy(fake_score, torch.zeros_like(fake_score))
    return (loss_real + loss_fake) / 2


def generator_loss(model, z):
    score = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(score, torch.ones_like(score))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    d_losses = []
    for _ in range(N_CRITIC):
        optimizers["disc"].zero_grad()
        loss = discriminator_loss(model, x_real, sample_z(model, x_real))
        loss.backward()
        optimizers["disc"].step()
        d_losses.append(loss.detach())

    optimizers["gen"].zero_grad()
    optimizers["enc"].zero_grad()
    g_loss = generator_loss(model, sample_z(model, x_real))
    ae_loss = autoencoder_loss(model, x_real)
    (g_loss + 10 * ae_loss).backward()
    optimizers["gen"].step()
    optimizers["enc"].step()

    return {
        "discriminator": torch.stack(d_losses).mean(),
        "generator": g_loss.detach(),
        "autoencoder": ae_loss.detach(),
    }
