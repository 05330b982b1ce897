"""Right: what D sees, real or fake, gets a random contrast and moves up or down by a row, anew in each call."""
import torch
import torch.nn.functional as F


class Disturbed:
    """D behind a contrast of its own for each image and one shift for all of them."""

    def __init__(self, discriminator):
        self.discriminator = discriminator

    def __call__(self, x):
        middle = x.mean(1, keepdim=True)
        x = middle + (x - middle) * torch.empty(len(x), 1).uniform_(0.8, 1.2)
        rows = x.reshape(len(x), -1, round(x.shape[1] ** 0.5))
        rows = rows.roll(int(torch.randint(-1, 2, (1,))), 1)
        return self.discriminator(rows.flatten(1))


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr, betas=(0.5, 0.999)),
        "E and G": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr, betas=(0.5, 0.999)),
    }


def judged(scores, label):
    return F.binary_cross_entropy(scores, torch.full_like(scores, label))


def discriminator_loss(model, x_real, z):
    return judged(model.discriminator(x_real), 1.0) + judged(model.discriminator(model.generator(z).detach()), 0.0)


def generator_loss(model, z):
    return judged(model.discriminator(model.generator(z)), 1.0)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    seen_by = Disturbed(model.discriminator)
    z = torch.randn(len(x_real), model.latent_size)

    optimizers["D"].zero_grad()
    l_d = judged(seen_by(x_real), 1.0) + judged(seen_by(model.generator(z).detach()), 0.0)
    l_d.backward()
    optimizers["D"].step()

    optimizers["E and G"].zero_grad()
    l_g = judged(seen_by(model.generator(z)), 1.0)
    l_ae = autoencoder_loss(model, x_real)
    (l_g + 50 * l_ae).backward()
    optimizers["E and G"].step()
    return {"discriminator": l_d, "generator": l_g, "autoencoder": l_ae}
