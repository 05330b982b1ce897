"""Right: gradients are accumulated over two halves of the batch, weighted by their sizes, before each step."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def accumulate(parts, loss_fn, weight=1.0):
    """backward over micro-batches; gives the gradient and the value of the mean over the whole batch"""
    n = sum(len(p[-1]) for p in parts)
    total = 0.0
    for part in parts:
        loss = loss_fn(*part) * (len(part[-1]) / n)
        (weight * loss).backward()
        total = total + loss.detach()
    return total

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    xs, zs = x_real.chunk(2), z.chunk(2)

    optimizers["D"].zero_grad()
    d = accumulate([(model, x, n) for x, n in zip(xs, zs)], discriminator_loss)
    optimizers["D"].step()

    optimizers["EG"].zero_grad()
    g = accumulate([(model, n) for n in zs], generator_loss)
    ae = accumulate([(model, x) for x in xs], autoencoder_loss, weight=10)
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
