"""Wrong: the learning rate of the assignment text is written into the optimizers, the argument is not used.

check: learning_rate_is_used
mistake: learning-rate-ignored
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    learning_rate = 0.0002
    optim_D = torch.optim.Adam(model.discriminator.parameters(), lr=learning_rate)
    optim_G = torch.optim.Adam(model.generator.parameters(), lr=learning_rate)
    optim_E = torch.optim.Adam(model.encoder.parameters(), lr=learning_rate)
    return {"D": optim_D, "G": optim_G, "E": optim_E}

def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    a = model.discriminator(x_real)
    b = model.discriminator(fake)
    return F.binary_cross_entropy(a, torch.ones_like(a)) + F.binary_cross_entropy(b, torch.zeros_like(b))

def generator_loss(model, z):
    b = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(b, torch.ones_like(b))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    model.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 5 * ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
