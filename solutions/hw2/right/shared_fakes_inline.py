"""Right: G runs once per step; D sees the fakes detached, then the same fakes with their graph train G."""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()


def configure_optimizers(model, lr):
    beta1 = 0.5
    optD = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(beta1, 0.999))
    optG = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(beta1, 0.999))
    optAE = torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr, betas=(beta1, 0.999))
    return {"optD": optD, "optG": optG, "optAE": optAE}


def discriminator_loss(model, x_real, z):
    return _d_loss(model, x_real, model.generator(z))


def generator_loss(model, z):
    return _g_loss(model, model.generator(z))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def _d_loss(model, x_real, fake):
    output_real = model.discriminator(x_real).view(-1)
    output_fake = model.discriminator(fake.detach()).view(-1)
    errD_real = bce(output_real, torch.ones_like(output_real))
    errD_fake = bce(output_fake, torch.zeros_like(output_fake))
    return errD_real + errD_fake


def _g_loss(model, fake):
    output = model.discriminator(fake).view(-1)
    return bce(output, torch.ones_like(output))


def train_step(model, x_real, optimizers):
    # (1) Update D network: maximize log(D(x)) + log(1 - D(G(z)))
    noise = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    fake = model.generator(noise)
    optimizers["optD"].zero_grad()
    errD = _d_loss(model, x_real, fake)
    errD.backward()
    optimizers["optD"].step()

    # (2) Update G network: maximize log(D(G(z)))
    optimizers["optG"].zero_grad()
    errG = _g_loss(model, fake)
    errG.backward()
    optimizers["optG"].step()

    # (3) Update E and G
    optimizers["optAE"].zero_grad()
    errAE = autoencoder_loss(model, x_real)
    errAE.backward()
    optimizers["optAE"].step()
    return {"discriminator": errD, "generator": errG, "autoencoder": errAE}
