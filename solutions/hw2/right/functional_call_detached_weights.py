"""Right: G's loss evaluates D through torch.func.functional_call with detached weights, so only G gets gradient."""
import torch
import torch.nn.functional as F
from torch.func import functional_call


def configure_optimizers(model, lr):
    return {"model": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))}


def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    real, fake = model.discriminator(x_real), model.discriminator(x_fake)
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    # same function D, but its weights are constants here
    constant = {name: w.detach() for name, w in model.discriminator.named_parameters()}
    fake = functional_call(model.discriminator, constant, (model.generator(z),))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    opt = optimizers["model"]
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)

    opt.zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (d_loss + g_loss + 10 * ae_loss).backward()
    opt.step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
