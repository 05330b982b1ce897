"""Blind spot: the optimizers are plain Python objects with step and zero_grad, not torch.optim.Optimizer.

expect: failed
check: every_module_has_an_optimizer
mistake: wrong-return-value
"""
import torch
import torch.nn.functional as F

class GradientDescent:
    def __init__(self, params, lr):
        self.params = list(params)
        self.lr = lr

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        with torch.no_grad():
            for p in self.params:
                if p.grad is not None:
                    p -= self.lr * p.grad

def configure_optimizers(model, lr):
    return {"D": GradientDescent(model.discriminator.parameters(), 50 * lr),
            "G": GradientDescent(model.generator.parameters(), 100 * lr),
            "E": GradientDescent(model.encoder.parameters(), 100 * lr)}

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
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (0.2 * g + 20 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
