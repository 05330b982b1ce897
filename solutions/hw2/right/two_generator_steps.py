"""Right: two generator updates for one of D, z from torch.distributions, Adadelta for the encoder."""
import torch
import torch.nn.functional as F
from torch.distributions import Normal

def prior(model, x):
    zero = torch.zeros(model.latent_size, device=x.device)
    return Normal(zero, zero + 1, validate_args=False)

def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "encoder": torch.optim.Adadelta(model.encoder.parameters(), lr=100 * lr),
    }

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).clone().detach())
    return (F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))) / 2

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    p_z = prior(model, x_real)
    n = x_real.shape[:1]

    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, p_z.sample(n))
    d.backward()
    optimizers["discriminator"].step()

    # first a purely adversarial update of G ...
    optimizers["generator"].zero_grad()
    generator_loss(model, p_z.sample(n)).backward()
    optimizers["generator"].step()

    # ... then one together with the reconstruction
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(model, p_z.sample(n))
    a = autoencoder_loss(model, x_real)
    (g + 20 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
