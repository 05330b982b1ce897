"""Wrong: D is trained on reconstructions as "real" and samples as fake, it never sees a real image.

check: discriminator_loss_is_right
mistake: real-images-missing
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'EG': torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        reconstructed = model.generator(model.encoder(x_real))
        generated = model.generator(z)
    out = model.discriminator(reconstructed)
    loss = bce(out, torch.ones_like(out))
    out = model.discriminator(generated)
    loss = loss + bce(out, torch.zeros_like(out))
    return loss

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    optimizers['EG'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers['EG'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
