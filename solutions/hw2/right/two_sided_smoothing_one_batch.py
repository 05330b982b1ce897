"""Right: real and fake images go through D as one batch, with labels smoothed on both sides (0.95 and 0.05)."""
import torch
import torch.nn as nn

loss_bce = nn.BCELoss()
loss_mse = nn.MSELoss()

def configure_optimizers(model, lr):
    d_optim = torch.optim.Adam(model.discriminator.parameters(), lr, (0.5, 0.9))
    ge_optim = torch.optim.Adam([{'params': model.generator.parameters()}, {'params': model.encoder.parameters()}], lr, (0.5, 0.9))
    return {'discriminator': d_optim, 'generator_encoder': ge_optim}

def discriminator_loss(model, x_real, z):
    x_fake = model.generator(z).detach()
    images = torch.vstack((x_real, x_fake))
    y = torch.cat((torch.full((len(x_real), 1), 0.95, device=images.device),
                   torch.full((len(x_fake), 1), 0.05, device=images.device)))
    # shuffle, BCE does not care about the order but I like it
    order = torch.randperm(len(images), device=images.device)
    return loss_bce(model.discriminator(images[order]), y[order])

def generator_loss(model, z):
    pred = model.discriminator(model.generator(z))
    return loss_bce(pred, torch.ones_like(pred))

def autoencoder_loss(model, x_real):
    return loss_mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    d_optim, ge_optim = optimizers['discriminator'], optimizers['generator_encoder']
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    ge_optim.zero_grad()
    gen = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    torch.autograd.backward([gen, ae])
    ge_optim.step()

    d_optim.zero_grad()
    dis = discriminator_loss(model, x_real, z)
    dis.backward()
    d_optim.step()

    return {'discriminator': dis, 'generator': gen, 'autoencoder': ae}
