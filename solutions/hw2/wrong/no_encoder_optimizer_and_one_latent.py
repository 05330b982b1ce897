"""Wrong: two mistakes, nothing holds the encoder and the batch shares one latent vector.

check: every_module_has_an_optimizer
mistake: module-without-optimizer
also: z-one-vector-for-the-batch, encoder-never-updated
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"disc": torch.optim.RMSprop(model.discriminator.parameters(), lr=lr),
            "gen": torch.optim.RMSprop(model.generator.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return -(torch.log(real + 1e-9).mean() + torch.log(1 - fake + 1e-9).mean())

def generator_loss(model, z):
    return -torch.log(model.discriminator(model.generator(z)) + 1e-9).mean()

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(1, model.latent_size, device=x_real.device).repeat(x_real.size(0), 1)
    optimizers["disc"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["disc"].step()
    optimizers["gen"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["gen"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
