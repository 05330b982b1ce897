"""Wrong: D's two losses are collected with torch.tensor([...]).mean(), a new tensor without history.

check: discriminator_loss_is_right
mistake: loss-detached
also: discriminator-never-updated
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "GE": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    parts = [F.binary_cross_entropy(p, torch.ones_like(p)).item(), F.binary_cross_entropy(q, torch.zeros_like(q)).item()]
    return torch.tensor(parts, requires_grad=True).mean()

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad(); d.backward(); optimizers["D"].step()
    g = generator_loss(model, z); ae = autoencoder_loss(model, x_real)
    optimizers["GE"].zero_grad(); (g + ae).backward(); optimizers["GE"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
