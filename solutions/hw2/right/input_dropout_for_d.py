"""Right: dropout of 10 % of the pixels that D sees in the step, real and fake alike."""
import torch
from torch import nn

drop = nn.Dropout(0.1)
bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999))}

def discriminator_loss(model, x_real, z):
    r, f = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    fake = model.generator(z)
    # D, on images with some pixels missing
    r, f = model.discriminator(drop(x_real)), model.discriminator(drop(fake.detach()))
    d = bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))
    optimizers["discriminator"].zero_grad()
    d.backward()
    optimizers["discriminator"].step()
    f = model.discriminator(drop(fake))
    g = bce(f, torch.ones_like(f))
    a = autoencoder_loss(model, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (g + 20 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
