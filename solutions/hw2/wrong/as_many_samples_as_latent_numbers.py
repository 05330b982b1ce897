"""Wrong: as many latent vectors as the latent size are drawn, not as many as there are images.

check: step_is_well_behaved
mistake: z-wrong-shape
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "e": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def sample_z(model, x):
    codes = model.encoder.net[-1].out_features
    return torch.randn(codes, model.latent_size, device=x.device)


def train_step(model, x_real, optimizers):
    result = {}
    optimizers["d"].zero_grad()
    result["discriminator"] = discriminator_loss(model, x_real, sample_z(model, x_real))
    result["discriminator"].backward()
    optimizers["d"].step()

    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    result["generator"] = generator_loss(model, sample_z(model, x_real))
    result["autoencoder"] = autoencoder_loss(model, x_real)
    sum([result["generator"], result["autoencoder"]]).backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return result
