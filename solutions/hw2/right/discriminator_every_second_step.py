"""Right: D is updated in every second training step only, because it wins too easily; its loss is still reported."""
import torch
from torch import nn

bce = nn.BCELoss()
step_count = 0


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    out_real = model.discriminator(x_real)
    out_fake = model.discriminator(model.generator(z).detach())
    return bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))


def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    global step_count
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    d_loss = discriminator_loss(model, x_real, z)
    if step_count % 2 == 0:
        optimizers["discriminator"].zero_grad()
        d_loss.backward()
        optimizers["discriminator"].step()
    step_count += 1

    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (g_loss + 10.0 * ae_loss).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
