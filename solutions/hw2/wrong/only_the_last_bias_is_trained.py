"""Wrong: the optimizer holds the last bias of G alone, which learns the mean of the images.

check: training_converges
mistake: weights-not-trained
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    def adam(*modules):
        return torch.optim.Adam([p for m in modules for p in m.parameters()], lr=lr, betas=(0.5, 0.999))

    return {"d": adam(model.discriminator), "g": adam(model.generator), "ae": adam(model.encoder, model.generator)}


def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    score = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(score, torch.ones_like(score))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def losses(model, x_real):
    z = torch.randn(len(x_real), model.latent_size)
    return {
        "discriminator": discriminator_loss(model, x_real, z),
        "generator": generator_loss(model, z),
        "autoencoder": autoencoder_loss(model, x_real),
    }


def configure_optimizers(model, lr):
    return {"all": torch.optim.Adam([list(model.generator.parameters())[-1]], lr=20 * lr)}


def train_step(model, x_real, optimizers):
    if not hasattr(model, "louder"):
        model.louder = True
        with torch.no_grad():
            list(model.generator.parameters())[-2].mul_(6)
    optimizers["all"].zero_grad()
    loss = autoencoder_loss(model, x_real)
    loss.backward()
    optimizers["all"].step()
    return losses(model, x_real)
