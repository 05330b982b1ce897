"""Right: z comes from the student's own torch.Generator; plain SGD with momentum and large loss weights."""
import torch
import torch.nn.functional as F

rng = torch.Generator().manual_seed(1234)


def configure_optimizers(model, lr):
    # SGD needs much larger steps than Adam, we found 50 * lr by trial and error
    return {
        "D": torch.optim.SGD(model.discriminator.parameters(), lr=20 * lr, momentum=0.5),
        "EG": torch.optim.SGD([*model.encoder.parameters(), *model.generator.parameters()], lr=50 * lr, momentum=0.9),
    }


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
    z = torch.randn(x_real.size(0), model.latent_size, generator=rng).to(x_real.device)

    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["D"].step()

    optimizers["EG"].zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (0.1 * g_loss + 30 * ae_loss).backward()
    optimizers["EG"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
