"""Wrong: log D(x) + log(1 - D(G(z))) is returned as the formula has it and then minimised; the minus sign is missing.

check: discriminator_loss_is_right
mistake: labels-swapped
"""
import torch
import torch.nn.functional as F

eps = 1e-8

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    D, G = model.discriminator, model.generator
    return torch.mean(torch.log(D(x_real) + eps) + torch.log(1 - D(G(z).detach()) + eps))

def generator_loss(model, z):
    D, G = model.discriminator, model.generator
    return torch.mean(-torch.log(D(G(z)) + eps))

def autoencoder_loss(model, x_real):
    E, G = model.encoder, model.generator
    return torch.mean((G(E(x_real)) - x_real) ** 2)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    loss_D = discriminator_loss(model, x_real, z)
    loss_D.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    loss_G = generator_loss(model, z)
    loss_AE = autoencoder_loss(model, x_real)
    (loss_G + loss_AE).backward()
    optimizers["G"].step()
    return {"discriminator": loss_D, "generator": loss_G, "autoencoder": loss_AE}
