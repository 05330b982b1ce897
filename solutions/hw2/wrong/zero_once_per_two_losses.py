"""Wrong: G's gradients are not cleared between the adversarial step and the reconstruction step, the first is applied twice.

check: generator_learns_only_from_its_losses
mistake: gradients-not-zeroed
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    optims = {}
    optims["dis"] = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    optims["gen"] = torch.optim.Adam(model.generator.parameters(), lr=lr)
    optims["enc"] = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    return optims

def discriminator_loss(model, x_real, z):
    pr = model.discriminator(x_real)
    pf = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(pr, torch.ones_like(pr)) + F.binary_cross_entropy(pf, torch.zeros_like(pf))

def generator_loss(model, z):
    pf = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(pf, torch.ones_like(pf))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    optimizers["dis"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["dis"].step()

    optimizers["gen"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["gen"].step()

    optimizers["enc"].zero_grad()
    ae = autoencoder_loss(model, x_real)
    ae.backward()
    optimizers["enc"].step()
    optimizers["gen"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
