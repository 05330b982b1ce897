"""Wrong: two mistakes, the batch is clamped in place to a narrower range and the returned losses are a running mean.

check: step_is_well_behaved
mistake: batch-changed-in-place
also: returned-losses-stale
"""
import torch
from torch import nn

bce = nn.BCELoss()
mean_losses = {}


def configure_optimizers(model, lr):
    mean_losses.clear()
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def smooth(name, value, momentum=0.99):
    old = mean_losses.get(name, value)
    mean_losses[name] = momentum * old + (1 - momentum) * value
    return mean_losses[name]


def train_step(model, x_real, optimizers):
    torch.clamp(x_real, 0.01, 0.99, out=x_real)     # avoid pixels that are exactly 0 or 1
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": smooth("d", d.item()), "generator": smooth("g", g.item()), "autoencoder": smooth("a", a.item())}
