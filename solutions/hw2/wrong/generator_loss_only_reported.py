"""Wrong: the generator's loss is computed for the log but never backpropagated, G only learns to reconstruct.

check: generator_learns_only_from_its_losses
mistake: generator-not-trained-by-its-loss
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "ae": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)}

def discriminator_loss(model, x_real, z):
    out_real = model.discriminator(x_real)
    out_fake = model.discriminator(model.generator(z).detach())
    return bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["d"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["d"].step()

    optimizers["ae"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["ae"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
