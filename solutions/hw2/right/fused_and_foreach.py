"""Right: the fused and the foreach implementations of AdamW, different learning rates for D and G (TTUR)."""
import torch
from torch import nn
import torch.nn.functional as F

def configure_optimizers(model, lr):
    # two time-scale update rule: the discriminator learns faster
    return {
        "D": torch.optim.AdamW(model.discriminator.parameters(), lr=2 * lr, betas=(0.0, 0.9), fused=True, weight_decay=0.01),
        "G": torch.optim.AdamW(model.generator.parameters(), lr=lr, betas=(0.5, 0.9), foreach=True, weight_decay=0.01),
        "E": torch.optim.AdamW(model.encoder.parameters(), lr=lr, fused=True),
    }

def discriminator_loss(model, x_real, z):
    criterion = nn.BCELoss()
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return criterion(real, torch.ones_like(real)) + criterion(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return nn.BCELoss()(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    model.zero_grad(set_to_none=True)
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    optimizers["D"].step()

    model.zero_grad(set_to_none=True)
    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    (loss_g * 0.3 + loss_ae * 7).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
