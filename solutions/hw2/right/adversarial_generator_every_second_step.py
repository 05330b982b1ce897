"""Right: n_critic = 2, G's adversarial update happens in every second step; the autoencoder is updated in all of them."""
import torch
import torch.nn.functional as F
from itertools import count

N_CRITIC = 2
counter = count()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def log_likelihood(p):
    return torch.log(p + 1e-8).mean()

def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    return -log_likelihood(model.discriminator(x_real)) - log_likelihood(1 - model.discriminator(x_fake))

def generator_loss(model, z):
    return -log_likelihood(model.discriminator(model.generator(z)))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    make_noise = lambda: torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    d = discriminator_loss(model, x_real, make_noise())
    optimizers['D'].zero_grad()
    d.backward()
    optimizers['D'].step()

    g = generator_loss(model, make_noise())
    if next(counter) % N_CRITIC == 0:
        optimizers['G'].zero_grad()
        g.backward()
        optimizers['G'].step()

    a = autoencoder_loss(model, x_real)
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    a.backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
