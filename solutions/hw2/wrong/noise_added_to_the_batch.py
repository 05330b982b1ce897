"""Wrong: instance noise is added to x_real in place, so the data set itself gets noisier with every epoch.

check: step_is_well_behaved
mistake: batch-changed-in-place
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["EG"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (g_loss + 10 * ae_loss).backward()
    optimizers["EG"].step()

    # a little noise on the real images so that D does not win too easily
    x_real += 0.05 * torch.randn_like(x_real)
    x_real.clamp_(0, 1)
    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["D"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
