"""Wrong: training is right, but train_step still returns the zeros it was sketched with.

check: step_is_well_behaved
mistake: returned-losses-stale
also: wrong-return-value
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    losses = {"discriminator": torch.tensor(0.0), "generator": torch.tensor(0.0), "autoencoder": torch.tensor(0.0)}
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    discriminator_loss(model, x_real, z).backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad()
    generator_loss(model, z).backward()
    optimizers["g"].step()
    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    autoencoder_loss(model, x_real).backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return losses
