"""Wrong: no gradient is ever zeroed, every step adds to the gradients of all steps before.

check: generator_learns_only_from_its_losses
mistake: gradients-not-zeroed
also: discriminator-moved-by-generator-loss
"""
import torch
from torch import nn, optim

def configure_optimizers(model, lr):
    """ one optimizer per loss """
    return {"dis": optim.SGD(model.discriminator.parameters(), lr=lr, momentum=0.9),
            "gen": optim.Adam(model.generator.parameters(), lr=lr),
            "ae": optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)}

def discriminator_loss(model, x_real, z):
    loss_fn = nn.BCELoss()
    out_r = model.discriminator(x_real)
    out_f = model.discriminator(model.generator(z).detach())
    return (loss_fn(out_r, torch.ones_like(out_r)) + loss_fn(out_f, torch.zeros_like(out_f))) / 2

def generator_loss(model, z):
    loss_fn = nn.BCELoss()
    out = model.discriminator(model.generator(z))
    return loss_fn(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    loss_fn = nn.MSELoss()
    return loss_fn(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["dis"].step()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    optimizers["gen"].step()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["ae"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
