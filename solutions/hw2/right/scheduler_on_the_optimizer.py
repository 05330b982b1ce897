"""Right: the learning rates decay slowly, with an ExponentialLR that hangs on each optimizer and is stepped in train_step."""
import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    opts = {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "AE": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)}
    for o in opts.values():
        o.my_scheduler = ExponentialLR(o, gamma=0.9995)
    return opts

def discriminator_loss(model, x_real, z):
    n = x_real.shape[0]
    p = model.discriminator(torch.cat([x_real, model.generator(z).detach()]))
    return bce(p[:n], torch.ones_like(p[:n])) + bce(p[n:], torch.zeros_like(p[n:]))

def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return bce(p, torch.ones_like(p))

def autoencoder_loss(model, x_real):
    return torch.mean(torch.square(model.generator(model.encoder(x_real)) - x_real))

def optimise(loss, opt):
    opt.zero_grad()
    loss.backward()
    opt.step()
    opt.my_scheduler.step()
    return loss.detach()

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    return {
        "autoencoder": optimise(autoencoder_loss(model, x_real), optimizers["AE"]),
        "discriminator": optimise(discriminator_loss(model, x_real, z), optimizers["D"]),
        "generator": optimise(generator_loss(model, z), optimizers["G"]),
    }
