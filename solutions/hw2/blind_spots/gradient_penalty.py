"""Blind spot: right plus an R1 penalty on D's gradient at real images (double backward), which the homework does not mention.

expect: cannot_judge
check: discriminator_learns_only_from_its_loss
"""
import torch
import torch.nn.functional as F

GAMMA = 0.1


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def r1_penalty(model, x_real):
    x = x_real.detach().clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(model.discriminator(x).sum(), x, create_graph=True)
    return slope.square().sum(dim=1).mean()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    (d + GAMMA * r1_penalty(model, x_real)).backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
