"""Wrong: half-finished, D and G play the game but the reconstruction is not trained yet.

check: encoder_learns_only_from_the_reconstruction
mistake: encoder-never-updated
also: generator-not-trained-by-reconstruction
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
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
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()

    # TODO encoder
    with torch.no_grad():
        a = autoencoder_loss(model, x_real)
    return {"discriminator": d, "generator": g, "autoencoder": a}
