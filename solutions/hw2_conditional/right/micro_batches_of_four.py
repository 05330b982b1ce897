"""Right: gradients are gathered over four micro-batches and clipped before each step."""
import torch
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_

# my GPU at home is tiny, so every batch goes through in pieces
PIECES = 4
MAX_NORM = 2.0
LAM = 30.0

criterion = nn.BCELoss()
recon_criterion = nn.MSELoss()


def configure_optimizers(model, lr):
    optD = torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
    optG = torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999))
    optE = torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"optD": optD, "optG": optG, "optE": optE}


def draw_wrong_labels(h, number_of_classes):
    offset = torch.randint(low=1, high=number_of_classes, size=h.size(), device=h.device)
    return torch.remainder(h + offset, number_of_classes)


def discriminator_loss(model, x_real, h, h_wrong, z):
    D, G = model.discriminator, model.generator
    real_label = torch.ones(x_real.size(0), 1, device=x_real.device)
    fake_label = torch.zeros(x_real.size(0), 1, device=x_real.device)
    errD_real = criterion(D(x_real, h), real_label)
    errD_wrong = criterion(D(x_real, h_wrong), fake_label)
    errD_fake = criterion(D(G(z, h).detach(), h), fake_label)
    return errD_real + 0.5 * errD_wrong + 0.5 * errD_fake


def generator_loss(model, x_real, h, z, weight):
    D, G, E = model.discriminator, model.generator, model.encoder
    output = D(G(z, h), h)
    errG = criterion(output, torch.ones_like(output))
    return errG + weight * recon_criterion(G(E(x_real, h), h), x_real)


def autoencoder_loss(model, x_real, h):
    return recon_criterion(model.generator(model.encoder(x_real, h), h), x_real)


def accumulate(loss_function, tensors):
    """backward() on each piece, weighted so that the gradient is that of the whole batch; returns the whole loss"""
    total, n = 0.0, len(tensors[0])
    for piece in zip(*(t.chunk(PIECES) for t in tensors)):
        share = len(piece[0]) / n       # pieces may differ in size
        loss = share * loss_function(*piece)
        loss.backward()
        total += loss.item()
    return total


def clip_and_step(network, optimizer):
    clip_grad_norm_(network.parameters(), MAX_NORM)
    optimizer.step()


def train_step(model, x_real, h, optimizers):
    noise = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)

    model.zero_grad()
    errD = accumulate(lambda x, y, w, z: discriminator_loss(model, x, y, w, z), (x_real, h, h_wrong, noise))
    clip_and_step(model.discriminator, optimizers["optD"])

    model.zero_grad()
    errG = accumulate(lambda x, y, z: generator_loss(model, x, y, z, LAM), (x_real, h, noise))
    clip_and_step(model.generator, optimizers["optG"])

    model.zero_grad()
    errE = accumulate(lambda x, y: autoencoder_loss(model, x, y), (x_real, h))
    clip_and_step(model.encoder, optimizers["optE"])

    return {"discriminator": errD, "generator": errG, "autoencoder": errE}
