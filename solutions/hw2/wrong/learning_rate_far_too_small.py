"""Wrong: every gradient path is right, but the learning rate is divided by 5000 and nothing is learned in the budget.

check: training_converges
mistake: training-does-not-converge
"""
import torch
import torch.nn.functional as F

EXAMPLES = 5000


def configure_optimizers(model, lr):
    step_size = lr / EXAMPLES     # per example
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=step_size),
        "G": torch.optim.Adam(model.generator.parameters(), lr=step_size),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=step_size),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
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
    return {"discriminator": d, "generator": g, "autoencoder": a}
