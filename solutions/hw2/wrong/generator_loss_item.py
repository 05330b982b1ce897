"""Wrong: G's loss is turned into a number and wrapped into a new tensor (requires_grad=True makes the error go away).

check: generator_loss_is_right
mistake: loss-detached
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "ae": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    loss = F.binary_cross_entropy(p_fake, torch.ones_like(p_fake)).item()
    return torch.tensor(loss, requires_grad=True)


def autoencoder_loss(model, x_real):
    x_hat = model.generator(model.encoder(x_real))
    return F.mse_loss(x_hat, x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["g"].step()
    optimizers["ae"].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["ae"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
