"""Wrong: two mistakes, the fakes are not detached and no gradient is ever zeroed.

check: generator_learns_only_from_its_losses
mistake: gradients-not-zeroed
also: fakes-not-detached, discriminator-moved-by-generator-loss
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real_output, fake_output = model.discriminator(x_real), model.discriminator(model.generator(z))
    return bce(real_output, torch.ones_like(real_output)) + bce(fake_output, torch.zeros_like(fake_output))

def generator_loss(model, z):
    fake_output = model.discriminator(model.generator(z))
    return bce(fake_output, torch.ones_like(fake_output))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()
    a = autoencoder_loss(model, x_real)
    a.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
