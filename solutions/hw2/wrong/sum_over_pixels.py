"""Wrong: squared errors are summed over the 784 pixels and averaged over the batch only.

check: autoencoder_loss_is_right
mistake: sum-instead-of-mean
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"opt_D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "opt_G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "opt_E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    D_x = model.discriminator(x_real)
    D_G_z = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(D_x, torch.ones_like(D_x)) + F.binary_cross_entropy(D_G_z, torch.zeros_like(D_G_z))

def generator_loss(model, z):
    D_G_z = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(D_G_z, torch.ones_like(D_G_z))

def autoencoder_loss(model, x_real):
    x_rec = model.generator(model.encoder(x_real))
    # || x - G(E(x)) ||^2, mean over the batch
    return torch.norm(x_rec - x_real, dim=1).pow(2).mean()

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["opt_D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["opt_D"].step()
    optimizers["opt_G"].zero_grad()
    optimizers["opt_E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 0.01 * a).backward()
    optimizers["opt_G"].step()
    optimizers["opt_E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
