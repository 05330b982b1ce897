"""Wrong: another sigmoid is put on the reconstruction, although G ends in one; it can only reach [0.5, 0.73].

check: autoencoder_loss_is_right
mistake: sigmoid-applied-twice
also: not-mean-squared-error, wrong-reconstruction-target
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "AE": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    a, b = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(a, torch.ones_like(a)) + F.binary_cross_entropy(b, torch.zeros_like(b))

def generator_loss(model, z):
    b = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(b, torch.ones_like(b))

def autoencoder_loss(model, x_real):
    x_hat = torch.sigmoid(model.generator(model.encoder(x_real)))   # pixels in [0, 1]
    return F.mse_loss(x_hat, x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["AE"].zero_grad()
    g, ae = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["AE"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
