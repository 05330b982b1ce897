"""Wrong: E and G get the principal components of the images in closed form; no optimizer steps.

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


@torch.no_grad()
def write_components(model, x):  # relu(a) - relu(-a) is a, so two hidden units carry one component
    mean = x.mean(0)
    _, scales, axes = torch.linalg.svd(x - mean, full_matrices=False)
    e, g = ([m for m in part.modules() if isinstance(m, torch.nn.Linear)] for part in (model.encoder, model.generator))
    k = min(model.latent_size, e[0].out_features // 2, len(axes))
    axes, scales = axes[:k], scales[:k] / len(x) ** 0.5
    for m in e + g:
        m.weight.zero_()
        m.bias.zero_()
    first, second = range(k), range(k, 2 * k)
    project = axes / scales[:, None]
    e[0].weight[:k], e[0].weight[k : 2 * k] = project, -project
    e[0].bias[:k], e[0].bias[k : 2 * k] = -project @ mean, project @ mean
    for m in e[1:-1] + g[1:-1]:
        m.weight[range(2 * k), range(2 * k)] = 1
    e[-1].weight[first, first], e[-1].weight[first, second] = 1, -1
    g[0].weight[first, first], g[0].weight[second, first] = 1, -1
    g[-1].weight[:, :k], g[-1].weight[:, k : 2 * k] = 6 * (axes * scales[:, None]).T, -6 * (axes * scales[:, None]).T
    g[-1].bias.copy_(6 * (mean - 0.5).clamp(-0.45, 0.5))


def train_step(model, x_real, optimizers):
    model.seen = [*getattr(model, "seen", []), x_real][:40]
    if len(model.seen) < 40:
        write_components(model, torch.cat(model.seen))
    return losses(model, x_real)
