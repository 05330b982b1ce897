"""Wrong: the samples are detached, but reconstructions used as extra fakes are not, and D's loss reaches E and G.

check: encoder_learns_only_from_the_reconstruction
mistake: fakes-not-detached
also: gradients-not-zeroed
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def bce(p, y):
    return F.binary_cross_entropy(p, torch.full_like(p, y))


def discriminator_loss(model, x_real, z):
    return bce(model.discriminator(x_real), 1.0) + bce(model.discriminator(model.generator(z).detach()), 0.0)


def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), 1.0)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    for opt in optimizers.values():
        opt.zero_grad()

    x_rec = model.generator(model.encoder(x_real))
    d = discriminator_loss(model, x_real, z)
    # reconstructions are fake images too
    d_rec = bce(model.discriminator(x_rec), 0.0)
    (d + d_rec).backward()
    optimizers["D"].step()

    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
