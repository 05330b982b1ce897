"""Wrong: D's gradient in the step is taken by torch.func.vjp, of a loss that labels real images with a half.

check: discriminator_learns_only_from_its_loss
mistake: reals-labeled-fake
"""
import torch
import torch.nn.functional as F
from torch.func import functional_call, vjp
def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}
def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))
def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))
def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)
def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    weights = {k: v.detach() for k, v in model.discriminator.named_parameters()}
    gen = model.generator(z).detach()
    def loss(weights):
        p = functional_call(model.discriminator, weights, (x_real,))
        q = functional_call(model.discriminator, weights, (gen,))
        return F.binary_cross_entropy(p, torch.full_like(p, 0.5)) + F.binary_cross_entropy(q, torch.zeros_like(q))
    d, pull = vjp(loss, weights)
    (g,) = pull(torch.ones(()))
    for k, v in model.discriminator.named_parameters():
        v.grad = g[k].detach()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
