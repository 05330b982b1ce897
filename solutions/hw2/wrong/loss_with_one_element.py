"""Wrong: the mean is taken over the batch dimension only, so the generator's loss has shape (1,) and not ().

check: generator_loss_is_right
mistake: loss-not-scalar
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {'dis': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'gen': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'enc': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return (-torch.log(p + 1e-8) - torch.log(1 - q + 1e-8)).mean()

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return torch.mean(-torch.log(q + 1e-8), dim=0)

def autoencoder_loss(model, x_real):
    return torch.mean((model.generator(model.encoder(x_real)) - x_real) ** 2)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['dis'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['dis'].step()
    optimizers['gen'].zero_grad()
    optimizers['enc'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers['gen'].step()
    optimizers['enc'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
