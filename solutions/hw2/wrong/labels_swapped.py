"""Wrong: in D's loss real images get the label 0 and fakes the label 1.

check: discriminator_loss_is_right
mistake: labels-swapped
"""
import torch
from torch import nn

criterion = nn.BCELoss()
REAL, FAKE = 0.0, 1.0


def configure_optimizers(model, lr):
    opt = lambda *nets: torch.optim.Adam([p for net in nets for p in net.parameters()], lr=lr, betas=(0.5, 0.999))
    return {"D": opt(model.discriminator), "G": opt(model.generator), "AE": opt(model.encoder, model.generator)}


def discriminator_loss(model, x_real, z):
    real_out = model.discriminator(x_real)
    fake_out = model.discriminator(model.generator(z).detach())
    loss = criterion(real_out, torch.full_like(real_out, REAL))
    loss = loss + criterion(fake_out, torch.full_like(fake_out, FAKE))
    return loss


def generator_loss(model, z):
    fake_out = model.discriminator(model.generator(z))
    return criterion(fake_out, torch.ones_like(fake_out))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    out = {}
    for key, opt, loss_fn in [
        ("discriminator", "D", lambda: discriminator_loss(model, x_real, z)),
        ("generator", "G", lambda: generator_loss(model, z)),
        ("autoencoder", "AE", lambda: autoencoder_loss(model, x_real)),
    ]:
        optimizers[opt].zero_grad()
        loss = loss_fn()
        loss.backward()
        optimizers[opt].step()
        out[key] = loss.detach()
    return out
