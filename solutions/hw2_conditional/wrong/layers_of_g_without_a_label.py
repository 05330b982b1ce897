"""Wrong: in the step G's layers are called by themselves, which get z without a label behind it.

check: step_is_well_behaved
mistake: function-raises
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()


def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999))}


def draw_wrong_labels(h, number_of_classes):
    return (h + torch.randint(1, number_of_classes, h.shape, device=h.device)) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    with torch.no_grad():
        x_fake = model.generator(z, h)
    real = model.discriminator(x_real, h)
    mismatch = model.discriminator(x_real, h_wrong)
    fake = model.discriminator(x_fake, h)
    rejected = bce(mismatch, torch.zeros_like(mismatch)) + bce(fake, torch.zeros_like(fake))
    return bce(real, torch.ones_like(real)) + rejected / 2


def generator_loss(model, x_real, h, z, weight):
    fake = model.discriminator(model.generator(z, h), h)
    return bce(fake, torch.ones_like(fake)) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return mse(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size)
    d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()

    made = model.discriminator(model.generator.net(z), h)
    g = bce(made, torch.ones_like(made)) + 40 * autoencoder_loss(model, x_real, h)
    optimizers["G"].zero_grad()
    g.backward()
    optimizers["G"].step()

    e = autoencoder_loss(model, x_real, h)
    optimizers["E"].zero_grad()
    e.backward()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": e}
