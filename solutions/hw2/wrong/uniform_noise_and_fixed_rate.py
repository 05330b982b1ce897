"""Wrong: two mistakes, the learning rate is a global constant and z is uniform on [-1, 1].

check: learning_rate_is_used
mistake: learning-rate-ignored
also: z-not-standard-normal
"""
import torch
import torch.nn.functional as F

LEARNING_RATE = 2e-4
BETAS = (0.5, 0.999)


def configure_optimizers(model, lr=LEARNING_RATE):
    def make(module):
        return torch.optim.Adam(module.parameters(), lr=LEARNING_RATE, betas=BETAS)

    return {"discriminator": make(model.discriminator), "generator": make(model.generator), "encoder": make(model.encoder)}


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = 2 * torch.rand(x_real.size(0), model.latent_size, device=x_real.device) - 1
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
