"""Right: a gradient reversal layer between G and D; one backward trains D to detect fakes and G (minimax) to fool it."""
import torch
import torch.nn.functional as F


class ReverseGradient(torch.autograd.Function):
    """identity forwards, minus identity backwards (Ganin & Lempitsky)"""

    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -grad


def configure_optimizers(model, lr):
    return {"adam": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    # what G minimises when its gradient arrives reversed: log(1 - D(G(z)))
    p_fake = model.discriminator(model.generator(z))
    return -F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    adam = optimizers["adam"]
    adam.zero_grad()

    # D and G in one go. Everything before the reversal layer gets the negative gradient.
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(ReverseGradient.apply(model.generator(z)))
    fake_part = F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))
    d_loss = F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + fake_part

    ae_loss = autoencoder_loss(model, x_real)
    (d_loss + 10 * ae_loss).backward()
    adam.step()
    return {"discriminator": d_loss.detach(), "generator": -fake_part.detach(), "autoencoder": ae_loss.detach()}
