"""Wrong: model.generator.parameters() is stored once and used twice, the second optimizer gets an exhausted iterator.

check: every_module_has_an_optimizer
mistake: function-raises
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    d_params = model.discriminator.parameters()
    g_params = model.generator.parameters()
    e_params = model.encoder.parameters()
    opt_e = torch.optim.Adam(e_params, lr=lr)
    opt_g = torch.optim.Adam(g_params, lr=lr)
    opt_rec = torch.optim.Adam(g_params, lr=lr)   # G again, for the reconstruction step
    opt_d = torch.optim.Adam(d_params, lr=lr)
    return {"e": opt_e, "g": opt_g, "rec": opt_rec, "d": opt_d}

def discriminator_loss(model, x_real, z):
    a, b = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(a, torch.ones_like(a)) + F.binary_cross_entropy(b, torch.zeros_like(b))

def generator_loss(model, z):
    b = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(b, torch.ones_like(b))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["g"].step()
    optimizers["e"].zero_grad()
    optimizers["rec"].zero_grad()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["e"].step()
    optimizers["rec"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
