"""Wrong: D's loss is computed and backpropagated but its optimizer never steps.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-never-updated
also: step-not-taken
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))

def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    # D
    optimizers["d"].zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()
    # G
    optimizers["g"].zero_grad()
    loss_g = generator_loss(model, z)
    loss_g.backward()
    optimizers["g"].step()
    # E + G
    optimizers["e"].zero_grad()
    optimizers["g"].zero_grad()
    loss_ae = autoencoder_loss(model, x_real)
    loss_ae.backward()
    optimizers["e"].step()
    optimizers["g"].step()
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
