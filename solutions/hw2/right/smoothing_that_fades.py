"""Right: D's labels of real images start at 0.8 and go up a little after every fifth batch that D was asked about."""

import torch
import torch.nn as nn

criterion = nn.BCELoss()
rec_criterion = nn.MSELoss()

batches_seen = 0


def current_real_label():
    global batches_seen
    label = min(1.0, 0.8 + 0.001 * (batches_seen // 5))
    batches_seen += 1
    return label


def configure_optimizers(model, lr):
    return {
        "disc": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "gen": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "auto": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    out_real = model.discriminator(x_real)
    with torch.no_grad():
        x_fake = model.generator(z)
    out_fake = model.discriminator(x_fake)
    target_real = current_real_label() * torch.ones_like(out_real)
    return criterion(out_real, target_real) + criterion(out_fake, torch.zeros_like(out_fake))


def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return criterion(out, torch.ones_like(out))


def autoencoder_loss(model, x_real):
    return rec_criterion(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["disc"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["disc"].step()

    optimizers["gen"].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["gen"].step()

    optimizers["auto"].zero_grad()
    ae_loss = autoencoder_loss(model, x_real)
    (30 * ae_loss).backward()
    optimizers["auto"].step()

    return {"discriminator": d_loss.item(), "generator": g_loss.item(), "autoencoder": ae_loss.item()}
