"""Wrong: the optimizers are made but never used, the weights are moved by hand with p -= 0.01 * p.grad.

check: step_is_well_behaved
mistake: given-optimizers-not-used
also: given-optimizers-not-used, step-not-taken, learning-rate-ignored
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.SGD(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.SGD(model.generator.parameters(), lr=lr),
            "E": torch.optim.SGD(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def descend(loss, *modules, step_size=0.01):
    """gradient descent as in lab 1"""
    params = [p for m in modules for p in m.parameters()]
    grads = torch.autograd.grad(loss, params)
    with torch.no_grad():
        for p, g in zip(params, grads):
            p -= step_size * g

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    descend(d, model.discriminator)
    g = generator_loss(model, z)
    descend(g, model.generator)
    a = autoencoder_loss(model, x_real)
    descend(a, model.encoder, model.generator)
    return {"discriminator": d, "generator": g, "autoencoder": a}
