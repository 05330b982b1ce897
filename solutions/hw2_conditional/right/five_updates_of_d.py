"""Right: five updates of D for one of G and E, each with noise and wrong labels of its own."""

import torch
from torch.nn import functional as F

UPDATES_OF_D = 5


def configure_optimizers(model, lr):
    networks = {"D": model.discriminator, "G": model.generator, "E": model.encoder}
    return {name: torch.optim.Adam(network.parameters(), lr=lr, betas=(0.5, 0.999)) for name, network in networks.items()}


def draw_wrong_labels(h, number_of_classes):
    return torch.remainder(h + torch.randint_like(h, 1, number_of_classes), number_of_classes)


def score(probabilities, target):
    return F.binary_cross_entropy(probabilities, torch.full_like(probabilities, target))


def discriminator_loss(model, x_real, h, h_wrong, z):
    rejected = score(model.discriminator(x_real, h_wrong), 0.0)
    rejected = rejected + score(model.discriminator(model.generator(z, h).detach(), h), 0.0)
    return score(model.discriminator(x_real, h), 1.0) + rejected / 2


def generator_loss(model, x_real, h, z, weight):
    return score(model.discriminator(model.generator(z, h), h), 1.0) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    def noise():
        return torch.randn(len(x_real), model.latent_size, device=x_real.device)

    for _ in range(UPDATES_OF_D):
        loss_of_d = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), noise())
        optimizers["D"].zero_grad()
        loss_of_d.backward()
        optimizers["D"].step()

    loss_of_g = generator_loss(model, x_real, h, noise(), 40.0)
    loss_of_e = autoencoder_loss(model, x_real, h)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    loss_of_g.backward()  # holds the reconstruction, so E has its gradient too
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": loss_of_d, "generator": loss_of_g, "autoencoder": loss_of_e}
