"""Right: gradients clipped by value before each step, one Adagrad for every network."""
import torch
from torch import nn
from torch.nn.utils import clip_grad_value_

CLIP = 0.001
bce = nn.BCELoss()

def configure_optimizers(model, lr):
    # Adagrad's steps shrink quickly, hence the factor
    return {k: torch.optim.Adagrad(v.parameters(), lr=5 * lr)
            for k, v in [("D", model.discriminator), ("G", model.generator), ("E", model.encoder)]}

def discriminator_loss(model, x_real, z):
    out_r, out_f = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(out_r, torch.ones_like(out_r)) + bce(out_f, torch.zeros_like(out_f))

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def clipped_step(optimizer):
    for group in optimizer.param_groups:
        clip_grad_value_(group["params"], CLIP)
    optimizer.step()

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    clipped_step(optimizers["D"])

    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (0.2 * g + 10 * ae).backward()
    clipped_step(optimizers["G"])
    clipped_step(optimizers["E"])
    return {"discriminator": d, "generator": g, "autoencoder": ae}
