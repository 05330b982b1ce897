"""Wrong: every gradient path is right, but the learning rate is multiplied by 300 and the networks saturate.

check: training_converges
mistake: training-does-not-converge
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    lr = 300 * lr    # 80 epochs took too long
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
