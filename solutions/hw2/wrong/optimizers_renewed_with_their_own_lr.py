"""Wrong: the given dict is refilled with fresh optimizers in every step (same lr), so Adam's memory is always empty.

check: step_is_well_behaved
mistake: optimizers-remade
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    r = model.discriminator(x_real)
    f = model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    # start every batch with clean optimizers (instead of zero_grad)
    lr = optimizers["D"].param_groups[0]["lr"]
    for p in model.parameters():
        p.grad = None
    optimizers.update(configure_optimizers(model, lr))

    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    g = generator_loss(model, z)
    optimizers["G"].zero_grad()
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
