"""Right: L-BFGS for the encoder alone, whose closure backpropagates into E only; Adam for G and D."""
import torch
from torch import nn
import torch.nn.functional as F

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {
        "E": torch.optim.LBFGS(model.encoder.parameters(), lr=100 * lr, max_iter=2),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
    }

def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return bce(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    E_weights = list(model.encoder.parameters())

    def closure():
        optimizers["E"].zero_grad()
        loss = autoencoder_loss(model, x_real)
        loss.backward(inputs=E_weights)     # leaves G alone
        return loss
    optimizers["E"].state.clear()       # new batch, new curvature
    optimizers["E"].step(closure)

    # now G, with the new codes
    optimizers["G"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (0.5 * g + 10 * a).backward()
    optimizers["G"].step()

    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
