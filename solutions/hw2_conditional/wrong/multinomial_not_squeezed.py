"""Wrong: torch.multinomial returns a column (n, 1), and it is returned as it is.

check: wrong_labels_are_wrong
mistake: wrong-return-value
also: function-raises
"""
import torch
from torch import nn
from torch.nn.functional import one_hot

CE, L2 = nn.BCELoss(), nn.MSELoss()


def configure_optimizers(model, lr):
    params_ge = list(model.generator.parameters()) + list(model.encoder.parameters())
    return {"disc": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "gen_enc": torch.optim.Adam(params_ge, lr=lr, betas=(0.5, 0.999))}


def draw_wrong_labels(h, number_of_classes):
    probabilities = 1.0 - one_hot(h, number_of_classes).float()
    return torch.multinomial(probabilities, num_samples=1)


def discriminator_loss(model, x_real, h, h_wrong, z):
    yes = torch.ones((len(h), 1), device=x_real.device)
    no = torch.zeros((len(h), 1), device=x_real.device)
    fake = model.generator(z, h).detach()
    return (CE(model.discriminator(x_real, h), yes)
            + CE(model.discriminator(x_real, h_wrong), no) / 2
            + CE(model.discriminator(fake, h), no) / 2)


def generator_loss(model, x_real, h, z, weight):
    yes = torch.ones((len(h), 1), device=x_real.device)
    return CE(model.discriminator(model.generator(z, h), h), yes) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return L2(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(h), model.latent_size, device=x_real.device)
    optimizers["disc"].zero_grad()
    ld = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    ld.backward()
    optimizers["disc"].step()
    optimizers["gen_enc"].zero_grad()
    lg = generator_loss(model, x_real, h, z, 20)
    lg.backward()
    optimizers["gen_enc"].step()
    return {"discriminator": ld, "generator": lg, "autoencoder": autoencoder_loss(model, x_real, h)}
