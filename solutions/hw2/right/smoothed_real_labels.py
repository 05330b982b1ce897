"""Right: one-sided label smoothing (0.9 for real images), optimizers grouped as D, G and E."""
import torch
import torch.nn.functional as F

SMOOTH = 0.9

def configure_optimizers(model, lr):
    make = lambda net: torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"D": make(model.discriminator), "G": make(model.generator), "E": make(model.encoder)}

def bce(p, label):
    return F.binary_cross_entropy(p, torch.full_like(p, label))

def discriminator_loss(model, x_real, z):
    x_fake = model.generator(z)
    return bce(model.discriminator(x_real), SMOOTH) + bce(model.discriminator(x_fake.detach()), 0.)

def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), 1.)

def autoencoder_loss(model, x_real):
    x_rec = model.generator(model.encoder(x_real))
    return torch.mean((x_rec - x_real) ** 2)

def train_step(model, x_real, optimizers):
    D, G, E = optimizers["D"], optimizers["G"], optimizers["E"]
    bs = x_real.shape[0]

    D.zero_grad()
    d_loss = discriminator_loss(model, x_real, torch.randn(bs, model.latent_size, device=x_real.device))
    d_loss.backward()
    D.step()

    G.zero_grad(); E.zero_grad()
    g_loss = generator_loss(model, torch.randn(bs, model.latent_size, device=x_real.device))
    g_loss.backward()
    ae_loss = autoencoder_loss(model, x_real)
    (ae_loss * 20).backward()    # both gradients add up in G
    G.step(); E.step()

    return {'discriminator': d_loss, 'generator': g_loss, 'autoencoder': ae_loss}
