"""Right: a little Gaussian noise on every image that D sees, real or fake; the reconstruction stays clean."""
import torch
import torch.nn.functional as F

SIGMA = 0.05

def noisy(images):
    # new tensor, so the data is not touched
    return images + SIGMA * torch.randn_like(images)

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(noisy(x_real))
    p_fake = model.discriminator(noisy(model.generator(z).detach()))
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))

def generator_loss(model, z):
    p_fake = model.discriminator(noisy(model.generator(z)))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 20 * ae).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
