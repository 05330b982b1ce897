"""Right: gradients are clipped unit by unit, each against the norm of its own weights."""
import torch
import torch.nn as nn
import torch.nn.functional as F

def unitwise_norm(x):
    return x.norm(2) if x.ndim <= 1 else x.norm(2, dim=1, keepdim=True)

def adaptive_clip_grad(parameters, clip_factor=0.01, eps=1e-3):
    for p in parameters:
        if p.grad is None:
            continue
        max_norm = unitwise_norm(p.detach()).clamp_(min=eps).mul_(clip_factor)
        grad_norm = unitwise_norm(p.grad)
        clipped = p.grad * (max_norm / grad_norm.clamp(min=1e-6))
        p.grad.copy_(torch.where(grad_norm < max_norm, p.grad, clipped))


def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    adaptive_clip_grad(model.discriminator.parameters())
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    adaptive_clip_grad(model.generator.parameters())
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
