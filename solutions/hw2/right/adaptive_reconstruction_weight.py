"""Right: the reconstruction's weight follows the ratio of the two losses in every step, as a constant for autograd."""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    opt = torch.optim.Adam
    return {
        "D": opt(model.discriminator.parameters(), lr=lr),
        "GE": opt([{"params": model.generator.parameters()}, {"params": model.encoder.parameters()}], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    eps = 1e-7
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return -torch.mean(torch.log(d_real + eps)) - torch.mean(torch.log(1.0 - d_fake + eps))


def generator_loss(model, z):
    eps = 1e-7
    return -torch.mean(torch.log(model.discriminator(model.generator(z)) + eps))


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).square().mean()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    loss_d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    loss_d.backward()
    optimizers["D"].step()

    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    # give both about the same size, 3:1 for the reconstruction
    weight = (3.0 * loss_g.detach() / (loss_ae.detach() + 1e-8)).clamp(1.0, 100.0)
    optimizers["GE"].zero_grad()
    (loss_g + weight * loss_ae).backward()
    optimizers["GE"].step()

    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
