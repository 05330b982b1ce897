"""Blind spot: G's step adds feature matching (mean features of D, Salimans et al. 2016) to a right loss; not asked for.

expect: cannot_judge
check: generator_learns_only_from_its_losses
"""
import torch, torch.nn as nn
bce, mse = nn.BCELoss(), nn.MSELoss()
def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr), "G": torch.optim.Adam(model.generator.parameters(), lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr)}
def features(D, x):
    return D.net[:-2](x)
def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))
def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)
def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad(); d.backward(); optimizers["D"].step()
    fake = model.generator(z)
    q = model.discriminator(fake)
    g = bce(q, torch.ones_like(q))
    fm = mse(features(model.discriminator, fake).mean(0), features(model.discriminator, x_real).mean(0).detach())
    a = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad(); optimizers["E"].zero_grad()
    (g + fm + 20 * a).backward()
    optimizers["G"].step(); optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
