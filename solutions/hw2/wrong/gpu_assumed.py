"""Wrong: tensors are moved to "cuda" whatever the data's device is, which raises without a GPU.

check: discriminator_loss_is_right
mistake: device-hard-coded
also: device-hard-coded
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    ones = torch.ones(x_real.size(0), 1).cuda()
    zeros = torch.zeros(x_real.size(0), 1).cuda()
    real_loss = F.binary_cross_entropy(model.discriminator(x_real), ones)
    fake_loss = F.binary_cross_entropy(model.discriminator(model.generator(z).detach()), zeros)
    return real_loss + fake_loss

def generator_loss(model, z):
    ones = torch.ones(z.size(0), 1).cuda()
    return F.binary_cross_entropy(model.discriminator(model.generator(z)), ones)

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size).cuda()
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
