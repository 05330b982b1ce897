"""Wrong: z is scaled down to a standard deviation of 0.1.

check: step_is_well_behaved
mistake: z-not-standard-normal
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def sample_latent(n, model, device):
    return torch.normal(mean=0.0, std=0.1, size=(n, model.latent_size), device=device)


def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    d = discriminator_loss(model, x_real, sample_latent(len(x_real), model, x_real.device))
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()

    g = generator_loss(model, sample_latent(len(x_real), model, x_real.device))
    optimizers["G"].zero_grad()
    g.backward()
    optimizers["G"].step()

    a = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    a.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
