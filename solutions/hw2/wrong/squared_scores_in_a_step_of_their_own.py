"""Wrong: in the step, D's score of samples is squared, as in a least-squares GAN, and stepped on its own.

check: discriminator_learns_only_from_its_loss
mistake: not-binary-cross-entropy
"""
import torch
from torch.nn import functional as F


def configure_optimizers(model, lr):
    autoencoder = [*model.encoder.parameters(), *model.generator.parameters()]
    return {
        "d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "ae": torch.optim.Adam(autoencoder, lr=lr),
    }


def bce(scores, label):
    return F.binary_cross_entropy(scores, torch.full_like(scores, label))


def discriminator_loss(model, x_real, z):
    return bce(model.discriminator(x_real), 1.0) + bce(model.discriminator(model.generator(z).detach()), 0.0)


def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), 1.0)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def follow(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    on_real = follow(optimizers["d"], bce(model.discriminator(x_real), 1.0))
    # the paper I found takes the square here
    on_samples = follow(optimizers["d"], model.discriminator(model.generator(z).detach()).square().mean())
    g = follow(optimizers["g"], generator_loss(model, z))
    ae = follow(optimizers["ae"], autoencoder_loss(model, x_real))
    return {"discriminator": on_real + on_samples, "generator": g, "autoencoder": ae}
