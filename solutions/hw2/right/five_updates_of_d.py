"""Right: five updates of D for each one of G and E, as people do who come from Wasserstein GANs."""

import torch
import torch.nn.functional as F

CRITIC_STEPS = 5


def configure_optimizers(model, lr):
    d = torch.optim.Adam(model.discriminator.parameters(), lr)
    eg = torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr)
    return {"critic": d, "autoencoder": eg}


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        fake = model.generator(z)
    scores = torch.cat([model.discriminator(x_real), model.discriminator(fake)])
    targets = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)]).to(scores)
    return F.binary_cross_entropy(scores, targets)


def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z)) + 1e-8).mean()


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).square().mean()


def train_step(model, x_real, optimizers):
    shape = len(x_real), model.latent_size
    for _ in range(CRITIC_STEPS):
        d_loss = discriminator_loss(model, x_real, torch.randn(shape).to(x_real))
        optimizers["critic"].zero_grad()
        d_loss.backward()
        optimizers["critic"].step()

    g_loss = generator_loss(model, torch.randn(shape).to(x_real))
    ae_loss = autoencoder_loss(model, x_real)
    optimizers["autoencoder"].zero_grad()
    (g_loss + 10 * ae_loss).backward()
    optimizers["autoencoder"].step()
    return {"discriminator": d_loss.item(), "generator": g_loss.item(), "autoencoder": ae_loss.item()}
