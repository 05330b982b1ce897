"""Blind spot: right (extragradient): a step ahead, gradients there, the old weights put back, then the step itself.

expect: cannot_judge
check: step_is_well_behaved
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {net: torch.optim.Adam(getattr(model, net).parameters(), lr=lr)
            for net in ("discriminator", "generator", "encoder")}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def gradients(model, x_real, z, optimizers):
    d = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d.backward()
    of_d = [p.grad.clone() for p in model.discriminator.parameters()]
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (g + 10 * a).backward()
    for p, grad in zip(model.discriminator.parameters(), of_d):
        p.grad = grad
    return {"discriminator": d, "generator": g, "autoencoder": a}


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    here = [p.detach().clone() for p in model.parameters()]
    gradients(model, x_real, z, optimizers)
    for optimizer in optimizers.values():
        optimizer.step()
    losses = gradients(model, x_real, z, optimizers)
    with torch.no_grad():
        for p, old in zip(model.parameters(), here):
            p.copy_(old)
    for optimizer in optimizers.values():
        optimizer.step()
    return losses
