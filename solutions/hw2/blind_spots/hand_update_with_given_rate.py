"""Blind spot: weights are moved by hand with each optimizer's learning rate; the directions are right, the optimizers idle.

expect: failed
check: step_is_well_behaved
mistake: updates-not-from-gradients
also: given-optimizers-not-used, step-not-taken
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"discriminator": torch.optim.SGD(model.discriminator.parameters(), lr=50 * lr),
            "generator": torch.optim.SGD(model.generator.parameters(), lr=100 * lr),
            "encoder": torch.optim.SGD(model.encoder.parameters(), lr=100 * lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def move(loss, *optimizers):
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            grads = torch.autograd.grad(loss, group["params"], retain_graph=True)
            for p, g in zip(group["params"], grads):
                p.data = p.data - group["lr"] * g

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    move(d, optimizers["discriminator"])
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    move(0.2 * g + 20 * a, optimizers["encoder"], optimizers["generator"])
    return {"discriminator": d, "generator": g, "autoencoder": a}
