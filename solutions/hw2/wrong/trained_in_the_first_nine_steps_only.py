"""Wrong: the first nine steps are right, then the mean of the images is written into the last bias of G.

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


def right_step(model, x_real, optimizers):
    returned = {}
    for key, name in (("d", "discriminator"), ("g", "generator"), ("ae", "autoencoder")):
        optimizers[key].zero_grad()
        loss = losses(model, x_real)[name]
        loss.backward()
        optimizers[key].step()
        returned[name] = loss.detach()
    return returned


@torch.no_grad()
def write_mean_image(model, x_real):
    last = [m for m in model.generator.modules() if isinstance(m, torch.nn.Linear)][-1]
    if not hasattr(model, "louder"):
        model.louder = True
        last.weight.mul_(6)
    last.bias.lerp_(torch.logit(x_real.mean(0).clamp(0.02, 0.98)), 0.05)



def train_step(model, x_real, optimizers):
    model.steps = getattr(model, "steps", 0) + 1
    if model.steps <= 9:
        return right_step(model, x_real, optimizers)
    write_mean_image(model, x_real)
    return losses(model, x_real)
