"""Right: D's gradient is the mean of those of single images, which vmap over grad computes, as in private training."""
import torch
import torch.nn.functional as F
from torch.func import functional_call, grad_and_value, vmap


def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(getattr(model, name).parameters(), lr=lr)
            for name in ("encoder", "generator", "discriminator")}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    with torch.no_grad():
        x_fake = model.generator(z)

    def loss_of_one(weights, x, fake):
        real = functional_call(model.discriminator, weights, x.unsqueeze(0))
        made = functional_call(model.discriminator, weights, fake.unsqueeze(0))
        return (F.binary_cross_entropy(real, torch.ones_like(real))
                + F.binary_cross_entropy(made, torch.zeros_like(made)))

    weights = {name: p.detach() for name, p in model.discriminator.named_parameters()}
    gradients, losses = vmap(grad_and_value(loss_of_one), in_dims=(None, 0, 0))(weights, x_real, x_fake)
    for name, p in model.discriminator.named_parameters():
        p.grad = gradients[name].mean(dim=0)
    optimizers["discriminator"].step()

    model.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + 10 * ae).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": losses.mean().detach(), "generator": g, "autoencoder": ae}
