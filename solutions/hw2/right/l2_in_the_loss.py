"""Right: L2 regularisation written into the training step's own total for D and for G, not into the three losses."""
import torch
import torch.nn.functional as F

WEIGHT_DECAY = 1e-4


def l2(module):
    """0.5 * sum of squared weights"""
    return 0.5 * sum(p.square().sum() for p in module.parameters())


def configure_optimizers(model, lr):
    opt_d = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opt_g = torch.optim.Adam(model.generator.parameters(), lr=lr)
    opt_e = torch.optim.Adam(model.encoder.parameters(), lr=lr)
    return {"opt_d": opt_d, "opt_g": opt_g, "opt_e": opt_e}


def discriminator_loss(model, x_real, z):
    fake = model.generator(z).detach()
    p_real, p_fake = model.discriminator(x_real), model.discriminator(fake)
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["opt_d"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    (d_loss + WEIGHT_DECAY * l2(model.discriminator)).backward()
    optimizers["opt_d"].step()

    optimizers["opt_g"].zero_grad()
    optimizers["opt_e"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (0.5 * g_loss + 10 * ae_loss + WEIGHT_DECAY * l2(model.generator)).backward()
    optimizers["opt_g"].step()
    optimizers["opt_e"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
