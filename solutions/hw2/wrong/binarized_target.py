"""Wrong: the image is thresholded to black and white before it is compared with the reconstruction.

check: autoencoder_loss_is_right
mistake: wrong-reconstruction-target
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return dict(D=torch.optim.Adam(model.discriminator.parameters(), lr=lr),
                G=torch.optim.Adam(model.generator.parameters(), lr=lr),
                E=torch.optim.Adam(model.encoder.parameters(), lr=lr))

def discriminator_loss(model, x_real, z):
    r, f = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    target = (x_real > 0.5).float()   # digits are black and white anyway
    return F.mse_loss(model.generator(model.encoder(x_real)), target)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z); d.backward(); optimizers['D'].step()
    model.zero_grad()
    g = generator_loss(model, z); g.backward(); optimizers['G'].step()
    model.zero_grad()
    a = autoencoder_loss(model, x_real); a.backward(); optimizers['G'].step(); optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
