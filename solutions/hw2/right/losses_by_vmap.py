"""Right: every loss is written for one image, and torch.func.vmap makes it one for the mini-batch."""
import torch
from torch.func import vmap

def configure_optimizers(model, lr):
    both = list(model.encoder.parameters()) + list(model.generator.parameters())
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "eg": torch.optim.Adam(both, lr=lr, betas=(0.5, 0.999))}

def log(p):
    return p.clamp(min=1e-7).log()

def discriminator_loss(model, x_real, z):
    fakes = model.generator(z).detach()
    # one image of each kind at a time
    def one(x, fake):
        return -(log(model.discriminator(x)) + log(1 - model.discriminator(fake))).squeeze()
    return vmap(one)(x_real, fakes).mean()

def generator_loss(model, z):
    return vmap(lambda u: -log(model.discriminator(model.generator(u))).squeeze())(z).mean()

def autoencoder_loss(model, x_real):
    return vmap(lambda x: (model.generator(model.encoder(x)) - x).square().mean())(x_real).mean()

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["d"].zero_grad()
    d.backward()
    optimizers["d"].step()

    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["eg"].zero_grad()
    (g + 20 * a).backward()
    optimizers["eg"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
