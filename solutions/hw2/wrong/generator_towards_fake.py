"""Wrong: the generator's loss uses the fake label, so G learns to be recognised.

check: generator_loss_is_right
mistake: generator-trained-towards-fake
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    params = {
        "discriminator": model.discriminator.parameters(),
        "generator": model.generator.parameters(),
        "encoder": model.encoder.parameters(),
    }
    return {name: torch.optim.Adam(p, lr=lr) for name, p in params.items()}


def make_labels(x, value):
    return torch.full((x.size(0), 1), float(value), device=x.device)


def discriminator_loss(model, x_real, z):
    x_fake = model.generator(z).detach()
    real_loss = F.binary_cross_entropy(model.discriminator(x_real), make_labels(x_real, 1))
    fake_loss = F.binary_cross_entropy(model.discriminator(x_fake), make_labels(x_fake, 0))
    return real_loss + fake_loss


def generator_loss(model, z):
    x_fake = model.generator(z)
    # G's images are fake -> label 0
    return F.binary_cross_entropy(model.discriminator(x_fake), make_labels(x_fake, 0))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()

    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
