"""Wrong: the reconstruction loss is detached on the decoder's side (G is a frozen copy), so it trains E only.

check: autoencoder_loss_is_right
mistake: loss-detached
also: generator-not-trained-by-reconstruction
"""
import copy

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    scores_real = model.discriminator(x_real)
    scores_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(scores_real, torch.ones_like(scores_real)) + F.binary_cross_entropy(
        scores_fake, torch.zeros_like(scores_fake)
    )


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def autoencoder_loss(model, x_real):
    # G has its own loss, so here only the encoder should learn
    decoder = copy.deepcopy(model.generator)
    for p in decoder.parameters():
        p.requires_grad = False
    return F.mse_loss(decoder(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    losses = {}
    for name, make in (
        ("discriminator", lambda: discriminator_loss(model, x_real, z)),
        ("generator", lambda: generator_loss(model, z)),
    ):
        optimizers[name].zero_grad()
        losses[name] = make()
        losses[name].backward()
        optimizers[name].step()
    optimizers["encoder"].zero_grad()
    losses["autoencoder"] = autoencoder_loss(model, x_real)
    losses["autoencoder"].backward()
    optimizers["encoder"].step()
    return losses
