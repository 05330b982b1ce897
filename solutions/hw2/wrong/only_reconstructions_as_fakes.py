"""Wrong: D's fakes are the reconstructions G(E(x)) only, the samples G(z) are never shown to it.

check: discriminator_loss_is_right
mistake: fake-images-missing
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    z = model.encoder(x_real)
    x_fake = model.generator(z).detach()
    p, q = model.discriminator(x_real), model.discriminator(x_fake)
    return (F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))) / 2

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad(); optimizers["e"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["g"].step(); optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
