"""Blind spot: right, but the forward passes run under autocast in bfloat16, so nothing matches to float32 precision.

expect: cannot_judge
check: generator_learns_only_from_its_losses
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def half(x):
    # faster on the lab's new CPUs
    return torch.autocast(x.device.type, dtype=torch.bfloat16)

def discriminator_loss(model, x_real, z):
    with half(x_real):
        p = model.discriminator(x_real)
        q = model.discriminator(model.generator(z).detach())
    p, q = p.float(), q.float()
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    with half(z):
        q = model.discriminator(model.generator(z))
    q = q.float()
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    with half(x_real):
        x_rec = model.generator(model.encoder(x_real))
    return F.mse_loss(x_rec.float(), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
