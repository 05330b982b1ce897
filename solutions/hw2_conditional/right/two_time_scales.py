"""Right: two time scales (Heusel et al. 2017): D learns at four times the rate of G and E."""
import torch
import torch.nn as nn

bce = nn.BCELoss()


def configure_optimizers(model, lr):
    slow = [*model.encoder.parameters(), *model.generator.parameters()]
    return {"fast": torch.optim.Adam(model.discriminator.parameters(), lr=4 * lr, betas=(0.5, 0.9)),
            "slow": torch.optim.Adam(slow, lr=lr, betas=(0.5, 0.9))}


def draw_wrong_labels(h, number_of_classes):
    drawn = torch.randint(number_of_classes - 1, h.shape, device=h.device)
    return drawn + (drawn >= h).long()  # jumps over the true one


def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    right, wrong, made = (model.discriminator(*pair) for pair in ((x_real, h), (x_real, h_wrong), (fake, h)))
    ones, zeros = torch.ones_like(right), torch.zeros_like(right)
    return bce(right, ones) + 0.5 * bce(wrong, zeros) + 0.5 * bce(made, zeros)


def generator_loss(model, x_real, h, z, weight):
    made = model.discriminator(model.generator(z, h), h)
    return bce(made, torch.ones_like(made)) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return ((x_real - model.generator(model.encoder(x_real, h), h)) ** 2).mean()


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    d = discriminator_loss(model, x_real, h, h_wrong, z)
    optimizers["fast"].zero_grad()
    d.backward()
    optimizers["fast"].step()

    z = torch.randn_like(z)
    g = generator_loss(model, x_real, h, z, 20.0)
    optimizers["slow"].zero_grad()
    g.backward()
    optimizers["slow"].step()
    with torch.no_grad():
        e = autoencoder_loss(model, x_real, h)
    return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": e}
