"""Right: each parameter has an Adam of its own, which steps inside `backward` as soon as the gradient is there."""

import torch
from torch.nn import functional as F


def configure_optimizers(model, lr):
    return {name: torch.optim.Adam([weight], lr=lr) for name, weight in model.named_parameters()}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def backward_and_step(loss, model, optimizers, *networks):
    def step_at_once(name):
        def step(weight):
            optimizers[name].step()
            weight.grad = None

        return step

    hooks = [
        weight.register_post_accumulate_grad_hook(step_at_once(name))
        for name, weight in model.named_parameters()
        if name.split(".")[0] in networks
    ]
    loss.backward()
    for hook in hooks:
        hook.remove()
    model.zero_grad()


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    loss_d = discriminator_loss(model, x_real, z)
    backward_and_step(loss_d, model, optimizers, "discriminator")
    loss_ae = autoencoder_loss(model, x_real)
    backward_and_step(loss_ae, model, optimizers, "encoder", "generator")
    loss_g = generator_loss(model, z)
    backward_and_step(loss_g, model, optimizers, "generator")
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
