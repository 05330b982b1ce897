"""Wrong: each draw makes its own torch.Generator with the same seed; z stays random.

check: wrong_labels_are_drawn_evenly
mistake: wrong-labels-not-fresh
"""
import torch
from torch.nn import BCELoss, MSELoss

SEED = 42


def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.999)) for name, net in model.named_children()}


def draw_wrong_labels(h, number_of_classes):
    rng = torch.Generator().manual_seed(SEED)      # reproducible, and does not disturb z
    k = torch.randint(1, number_of_classes, tuple(h.shape), generator=rng).to(h.device)
    return (h + k) % number_of_classes


def discriminator_loss(model, x_real, h, h_wrong, z):
    loss = BCELoss()
    s = model.discriminator(x_real, h)
    t = model.discriminator(x_real, h_wrong)
    u = model.discriminator(model.generator(z, h).detach(), h)
    return loss(s, torch.ones_like(s)) + (loss(t, torch.zeros_like(t)) + loss(u, torch.zeros_like(u))) / 2


def generator_loss(model, x_real, h, z, weight):
    u = model.discriminator(model.generator(z, h), h)
    return BCELoss()(u, torch.ones_like(u)) + weight * autoencoder_loss(model, x_real, h)


def autoencoder_loss(model, x_real, h):
    return MSELoss()(model.generator(model.encoder(x_real, h), h), x_real)


def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    steps = [
        ("discriminator", "discriminator", lambda: discriminator_loss(model, x_real, h, h_wrong, z)),
        ("generator", "generator", lambda: generator_loss(model, x_real, h, z, 30)),
        ("encoder", "autoencoder", lambda: autoencoder_loss(model, x_real, h)),
    ]
    result = {}
    for network, key, loss_function in steps:
        optimizers[network].zero_grad()
        result[key] = loss_function()
        result[key].backward()
        optimizers[network].step()
    return result
