"""Wrong: the wrong label is the class before or after the true one, by the toss of a coin.

check: wrong_labels_are_drawn_evenly
mistake: wrong-labels-not-even
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    adam = {"lr": lr, "betas": (0.5, 0.999)}
    return {
        "E": torch.optim.Adam(model.encoder.parameters(), **adam),
        "G": torch.optim.Adam(model.generator.parameters(), **adam),
        "D": torch.optim.Adam(model.discriminator.parameters(), **adam),
    }


def draw_wrong_labels(h, number_of_classes):
    coin = torch.randint(0, 2, h.shape, device=h.device)
    return (h + 2 * coin - 1) % number_of_classes      # +1 or -1


def bce(p, value):
    return F.binary_cross_entropy(p, torch.full_like(p, value))


def discriminator_loss(model, x_real, h, h_wrong, z):
    D = model.discriminator
    with torch.no_grad():
        x_gen = model.generator(z, h)
    return bce(D(x_real, h), 1.0) + 0.5 * (bce(D(x_real, h_wrong), 0.0) + bce(D(x_gen, h), 0.0))


def generator_loss(model, x_real, h, z, weight):
    return bce(model.discriminator(model.generator(z, h), h), 1.0) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    model.zero_grad()
    d = discriminator_loss(model, x_real, h, h_wrong, z)
    d.backward()
    optimizers["D"].step()

    model.zero_grad()
    g = generator_loss(model, x_real, h, z, 30)
    g.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": autoencoder_loss(model, x_real, h)}
