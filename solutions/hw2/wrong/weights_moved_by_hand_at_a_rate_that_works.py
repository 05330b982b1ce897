"""Wrong: the optimizers idle, every weight is moved by hand with the sign of its gradient, and that converges.

check: training_converges
mistake: weights-not-trained
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    def adam(*modules):
        return torch.optim.Adam([p for m in modules for p in m.parameters()], lr=lr, betas=(0.5, 0.999))

    return {"d": adam(model.discriminator), "g": adam(model.generator), "ae": adam(model.encoder, model.generator)}


def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    score = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(score, torch.ones_like(score))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def losses(model, x_real):
    z = torch.randn(len(x_real), model.latent_size)
    return {
        "discriminator": discriminator_loss(model, x_real, z),
        "generator": generator_loss(model, z),
        "autoencoder": autoencoder_loss(model, x_real),
    }


def train_step(model, x_real, optimizers):
    returned = {}
    trained = {
        "discriminator": [model.discriminator],
        "generator": [model.generator],
        "autoencoder": [model.encoder, model.generator],
    }
    for name, modules in trained.items():
        loss = losses(model, x_real)[name]
        parameters = [p for m in modules for p in m.parameters()]
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, gradient in zip(parameters, gradients):
                p -= 1e-3 * gradient.sign()
        returned[name] = loss.detach()
    return returned
