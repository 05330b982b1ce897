"""Right: the gradients of each network are clipped by norm before its step; three optimizers, one per network."""
import torch
import torch.nn.functional as F
from torch.nn.utils import clip_grad_norm_

def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(net.parameters(), lr=lr) for name, net in model.named_children()}

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def update(loss, optimizers, model, names):
    model.zero_grad()
    loss.backward()
    for n in names:
        clip_grad_norm_(getattr(model, n).parameters(), max_norm=0.05)   # exploded once without this
        optimizers[n].step()

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    update(d, optimizers, model, ["discriminator"])
    g = generator_loss(model, z)
    update(0.1 * g, optimizers, model, ["generator"])
    ae = autoencoder_loss(model, x_real)
    update(ae, optimizers, model, ["encoder", "generator"])
    return {"discriminator": d, "generator": g, "autoencoder": ae}
