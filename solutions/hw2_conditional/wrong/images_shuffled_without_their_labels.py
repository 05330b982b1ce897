"""Wrong: the step shuffles the images but not their labels, so images and labels no longer belong together.

check: discriminator_learns_only_from_its_loss
mistake: wrong-labels-accepted
also: reconstruction-under-another-label, training-does-not-converge
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def draw_wrong_labels(h, number_of_classes):
    chances = 1.0 - F.one_hot(h, number_of_classes).float()
    return torch.multinomial(chances, 1).squeeze(1)


def discriminator_loss(model, x_real, h, h_wrong, z):
    s_r = model.discriminator(x_real, h)
    s_w = model.discriminator(x_real, h_wrong)
    s_f = model.discriminator(model.generator(z, h).detach(), h)
    ones, zeros = torch.ones_like(s_r), torch.zeros_like(s_r)
    return F.binary_cross_entropy(s_r, ones) + 0.5 * (
        F.binary_cross_entropy(s_w, zeros) + F.binary_cross_entropy(s_f, zeros)
    )


def generator_loss(model, x_real, h, z, weight):
    s_f = model.discriminator(model.generator(z, h), h)
    return F.binary_cross_entropy(s_f, torch.ones_like(s_f)) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    # shuffle the mini-batch
    x_real = x_real[torch.randperm(x_real.shape[0], device=x_real.device)]
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    optimizers["discriminator"].zero_grad()
    loss_d = discriminator_loss(model, x_real, h, h_wrong, z)
    loss_d.backward()
    optimizers["discriminator"].step()

    optimizers["generator"].zero_grad()
    loss_g = generator_loss(model, x_real, h, z, 50.0)
    loss_g.backward()
    optimizers["generator"].step()

    optimizers["encoder"].zero_grad()
    loss_e = autoencoder_loss(model, x_real, h)
    loss_e.backward()
    optimizers["encoder"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_e}
