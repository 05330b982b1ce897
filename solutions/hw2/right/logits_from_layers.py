"""Right: D's logits taken before its sigmoid with net[:-1] and given to binary_cross_entropy_with_logits."""
import torch
from torch import nn

crit = nn.BCEWithLogitsLoss()

def d_logits(model, images):
    """D ends with a Sigmoid; skip it, the with_logits loss is more stable."""
    return model.discriminator.net[:-1](images)

def configure_optimizers(model, lr):
    return {
        "d": torch.optim.AdamW(model.discriminator.parameters(), lr=lr, weight_decay=1e-4),
        "g": torch.optim.AdamW(model.generator.parameters(), lr=lr, weight_decay=1e-4),
        "e": torch.optim.AdamW(model.encoder.parameters(), lr=lr, weight_decay=1e-4),
    }

def discriminator_loss(model, x_real, z):
    real = d_logits(model, x_real)
    fake = d_logits(model, model.generator(z).detach())
    return crit(real, torch.ones_like(real)) + crit(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = d_logits(model, model.generator(z))
    return crit(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    code = model.encoder(x_real)
    x_hat = model.generator(code)
    return nn.functional.mse_loss(x_hat, x_real)

def train_step(model, x_real, optimizers):
    z = x_real.new_empty(x_real.shape[0], model.latent_size).normal_()

    # autoencoder first
    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    ae = autoencoder_loss(model, x_real)
    ae.backward()
    optimizers["g"].step()
    optimizers["e"].step()

    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()

    optimizers["g"].zero_grad()
    g = generator_loss(model, z)
    (0.2 * g).backward()
    optimizers["g"].step()

    return {"discriminator": d, "generator": g, "autoencoder": ae}
