"""Wrong: the reconstruction is compared with a shuffled batch, so every image is asked to look like another one.

check: autoencoder_loss_is_right
mistake: wrong-reconstruction-target
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def shuffled(x):
    return x[torch.randperm(len(x), device=x.device)]

def discriminator_loss(model, x_real, z):
    real = model.discriminator(shuffled(x_real))
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    # shuffle so the network cannot memorise the order of the batch
    x_in = shuffled(x_real)
    reconstruction = model.generator(model.encoder(x_in))
    return F.mse_loss(reconstruction, x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 10 * ae).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
