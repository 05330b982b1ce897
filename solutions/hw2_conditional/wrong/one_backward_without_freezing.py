"""Wrong: one Adam and one backward of the sum of all losses, without freezing D for L_G.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-moved-by-generator-loss
also: training-does-not-converge
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {"adam": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


def draw_wrong_labels(h, number_of_classes):
    others = [[c for c in range(number_of_classes) if c != t] for t in range(number_of_classes)]
    others = torch.tensor(others, device=h.device)
    return others[h, torch.randint(number_of_classes - 1, h.shape, device=h.device)]


def discriminator_loss(model, x_real, h, h_wrong, z):
    x_fake = model.generator(z, h).detach()
    a = model.discriminator(x_real, h)
    b = model.discriminator(x_real, h_wrong)
    c = model.discriminator(x_fake, h)
    return (F.binary_cross_entropy(a, torch.ones_like(a))
            + F.binary_cross_entropy(b, torch.zeros_like(b)) / 2
            + F.binary_cross_entropy(c, torch.zeros_like(c)) / 2)


def generator_loss(model, x_real, h, z, weight):
    c = model.discriminator(model.generator(z, h), h)
    return F.binary_cross_entropy(c, torch.ones_like(c)) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    d = discriminator_loss(model, x_real, h, h_wrong, z)
    g = generator_loss(model, x_real, h, z, 30)
    e = autoencoder_loss(model, x_real, h)
    optimizers["adam"].zero_grad()
    (d + g + e).backward()
    optimizers["adam"].step()
    return {"discriminator": d, "generator": g, "autoencoder": e}
