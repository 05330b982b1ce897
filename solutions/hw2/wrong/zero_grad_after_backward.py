"""Wrong: zero_grad stands between backward and step, so every step applies nothing.

check: discriminator_learns_only_from_its_loss
mistake: gradients-zeroed-before-the-step
also: discriminator-never-updated, generator-never-updated, encoder-never-updated
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    r, f = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def apply(loss, *opts):
    loss.backward()
    for o in opts:
        o.zero_grad()   # clean up
        o.step()

def train_step(model, x_real, optimizers):
    D, G, E = optimizers.values()
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    apply(d, D)
    g = generator_loss(model, z)
    apply(g, G)
    a = autoencoder_loss(model, x_real)
    apply(a, G, E)
    return {"discriminator": d, "generator": g, "autoencoder": a}
