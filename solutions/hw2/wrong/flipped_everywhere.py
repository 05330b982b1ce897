"""Wrong: real means 0 and fake means 1 throughout, in D's and in G's loss; it trains, but D(x) is not P(real).

check: discriminator_loss_is_right
mistake: labels-swapped
also: generator-trained-towards-fake
"""
import torch
import torch.nn.functional as F

# ganhacks: "flip labels when training the generator: real = fake, fake = real"
REAL = 0.0
FAKE = 1.0


def bce(p, label):
    return F.binary_cross_entropy(p, torch.full_like(p, label))


def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "encoder_generator": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    return bce(model.discriminator(x_real), REAL) + bce(model.discriminator(model.generator(z).detach()), FAKE)


def generator_loss(model, z):
    return bce(model.discriminator(model.generator(z)), REAL)


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["discriminator"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    optimizers["encoder_generator"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["encoder_generator"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
