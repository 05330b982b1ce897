"""Right: z from NumPy's standard normal, converted to float32; hand-written binary cross-entropy with clamped logs."""
import numpy as np
import torch

def bce(p, y):
    """like nn.BCELoss, logs not below -100"""
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    return -(y * log_p + (1 - y) * log_q).mean()

def configure_optimizers(model, lr):
    return {'adamD': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'adamG': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'adamE': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    return bce(model.discriminator(x_real), 1.0) + bce(model.discriminator(model.generator(z).detach()), 0.0)

def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), 1.0)

def autoencoder_loss(model, x_real):
    n, d = x_real.shape
    return torch.sum((model.generator(model.encoder(x_real)) - x_real) ** 2) / (n * d)

def train_step(model, x_real, optimizers):
    z = np.random.standard_normal((x_real.shape[0], model.latent_size)).astype(np.float32)
    z = torch.from_numpy(z).to(x_real.device)

    for o in optimizers.values(): o.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['adamD'].step()

    for o in optimizers.values(): o.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 10 * ae).backward()
    optimizers['adamG'].step()
    optimizers['adamE'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': ae}
