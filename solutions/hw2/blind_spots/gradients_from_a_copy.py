"""Blind spot: right, all gradients are computed on a deep copy of the model and carried over to the given one.

expect: cannot_judge
check: generator_learns_only_from_its_losses
"""
import copy
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {"discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def carry_over(source, target, *names):
    for name in names:
        for p, q in zip(getattr(source, name).parameters(), getattr(target, name).parameters()):
            q.grad = p.grad

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    work = copy.deepcopy(model)
    g = generator_loss(work, z)
    a = autoencoder_loss(work, x_real)
    (g + 10 * a).backward()
    carry_over(work, model, "generator", "encoder")
    work.zero_grad()
    d = discriminator_loss(work, x_real, z)
    d.backward()
    carry_over(work, model, "discriminator")
    for o in optimizers.values():
        o.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
