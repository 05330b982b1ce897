"""Right: D is only updated while its accuracy is not far above chance; weights of the step are balanced by hand."""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "e": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return 0.5 * (F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake)))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    d_loss = discriminator_loss(model, x_real, z)
    # 0.693 = log 2 is a coin flip. Below 0.1 D has won and learning more only kills G's gradient.
    if d_loss.item() > 0.1:
        optimizers["d"].zero_grad()
        d_loss.backward()
        optimizers["d"].step()

    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    g_loss = generator_loss(model, z)
    (0.1 * g_loss).backward()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return {"discriminator": d_loss.detach(), "generator": g_loss.detach(), "autoencoder": ae_loss.detach()}
