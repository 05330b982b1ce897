"""Right: one Adam for all three networks, a single backward; D is frozen while the generator's loss is built."""

from contextlib import contextmanager

import torch
import torch.nn.functional as F


@contextmanager
def frozen(module):
    """No gradients for the weights of `module` inside the block (they still flow *through* it)."""
    for p in module.parameters():
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in module.parameters():
            p.requires_grad_(True)


def configure_optimizers(model, lr):
    return {"all": torch.optim.Adam(model.parameters(), lr=lr)}


def discriminator_loss(model, x_real, z):
    images = torch.cat([x_real, model.generator(z).detach()])
    target = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)]).to(images)
    return F.binary_cross_entropy(model.discriminator(images), target)


def generator_loss(model, z):
    with frozen(model.discriminator):
        p = model.discriminator(model.generator(z))
    return -torch.log(p.clamp_min(1e-7)).mean()


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    losses = {
        "discriminator": discriminator_loss(model, x_real, z),
        "generator": generator_loss(model, z),
        "autoencoder": autoencoder_loss(model, x_real),
    }
    total = losses["discriminator"] + losses["generator"] + 5 * losses["autoencoder"]
    optimizers["all"].zero_grad()
    total.backward()
    optimizers["all"].step()
    return losses
