"""Wrong: the sign of the reconstruction error is flipped, E and G learn to be far from x.

check: autoencoder_loss_is_right
mistake: reconstruction-maximized
also: wrong-reconstruction-target
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    adam = lambda m: torch.optim.Adam(m.parameters(), lr=lr)
    return {"D": adam(model.discriminator), "G": adam(model.generator), "E": adam(model.encoder)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return -torch.mean(torch.log(p + 1e-8)) - torch.mean(torch.log(1 - q + 1e-8))

def generator_loss(model, z):
    return -torch.mean(torch.log(model.discriminator(model.generator(z)) + 1e-8))

def autoencoder_loss(model, x_real):
    # all losses have a minus in front
    return -torch.mean((model.generator(model.encoder(x_real)) - x_real) ** 2)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
