"""Right: one optimizer per linear layer, held in one flat dict and driven by name prefixes."""
import torch
from torch import nn
import torch.nn.functional as F

# E, G and D are Sequentials of Linear layers and activations. Every Linear gets its own little Adam,
# the later the layer the smaller the learning rate.

def configure_optimizers(model, lr):
    optimizers = {}
    for part in ("encoder", "generator", "discriminator"):
        layers = [l for l in getattr(model, part).modules() if isinstance(l, nn.Linear)]
        for i, layer in enumerate(layers):
            optimizers[f"{part}.{i}"] = torch.optim.Adam(layer.parameters(), lr=lr * 0.9 ** i)
    return optimizers

def discriminator_loss(model, x_real, z):
    a = model.discriminator(x_real)
    b = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(a, torch.ones_like(a)) + F.binary_cross_entropy(b, torch.zeros_like(b))

def generator_loss(model, z):
    b = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(b, torch.ones_like(b))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def go(loss, optimizers, *parts):
    for o in optimizers.values():
        o.zero_grad()
    loss.backward()
    for name, o in optimizers.items():
        if name.startswith(parts):
            o.step()

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    ld = discriminator_loss(model, x_real, z)
    go(ld, optimizers, "discriminator")
    lg, la = generator_loss(model, z), autoencoder_loss(model, x_real)
    go(lg + 10 * la, optimizers, "generator", "encoder")
    return {"discriminator": ld, "generator": lg, "autoencoder": la}
