"""Wrong: configure_optimizers returns a list in place of a dict, train_step unpacks it.

check: every_module_has_an_optimizer
mistake: wrong-return-value
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    opt_d = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opt_g = torch.optim.Adam(model.generator.parameters(), lr=lr)
    opt_e = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    return [opt_d, opt_g, opt_e]   # like in Lightning

def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    opt_d, opt_g, opt_e = optimizers
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    opt_d.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    opt_d.step()
    opt_g.zero_grad()
    opt_e.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    opt_g.step()
    opt_e.step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
