"""Right: loss.backward(inputs=...) says which network each loss may reach, so the fakes need no detach."""
import torch
from torch.nn.functional import binary_cross_entropy as bce, mse_loss

def configure_optimizers(model, lr):
    opts = {}
    for name in ["encoder", "generator", "discriminator"]:
        opts[name] = torch.optim.Adam(getattr(model, name).parameters(), lr=lr, betas=(0.5, 0.99))
    return opts

def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z))
    return bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake))

def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones_like(d_fake))

def autoencoder_loss(model, x_real):
    return mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    E, G, D = (list(m.parameters()) for m in (model.encoder, model.generator, model.discriminator))
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    for o in optimizers.values():
        o.zero_grad()

    d = discriminator_loss(model, x_real, z)
    d.backward(inputs=D)
    g = generator_loss(model, z)
    g.backward(inputs=G)
    a = autoencoder_loss(model, x_real)
    (4 * a).backward(inputs=E + G)      # adds to what g left in G, on purpose

    for o in optimizers.values():
        o.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
