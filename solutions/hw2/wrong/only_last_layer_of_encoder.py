"""Wrong: the encoder's optimizer holds its last layer only, as for fine-tuning.

check: every_module_has_an_optimizer
mistake: module-without-optimizer
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {
        'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
        'E': torch.optim.Adam(model.encoder.net[-1].parameters(), lr=lr),
    }

def discriminator_loss(model, x_real, z):
    a, b = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(a, torch.ones_like(a)) + bce(b, torch.zeros_like(b))

def generator_loss(model, z):
    b = model.discriminator(model.generator(z))
    return bce(b, torch.ones_like(b))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    model.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return dict(discriminator=d, generator=g, autoencoder=ae)
