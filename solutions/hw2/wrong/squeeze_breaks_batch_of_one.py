"""Wrong: squeeze() on D's output also removes the batch dimension of a batch of one; the label shapes then differ.

check: discriminator_loss_is_right
mistake: function-raises
also: sizes-hard-coded
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    n = x_real.size(0)
    p_real = model.discriminator(x_real).squeeze()
    p_fake = model.discriminator(model.generator(z).detach()).squeeze()
    real_loss = F.binary_cross_entropy(p_real, torch.ones(n, device=x_real.device))
    fake_loss = F.binary_cross_entropy(p_fake, torch.zeros(n, device=x_real.device))
    return real_loss + fake_loss

def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z)).squeeze()
    return F.binary_cross_entropy(p_fake, torch.ones(z.size(0), device=z.device))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()
    optimizers["g"].zero_grad(); optimizers["e"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["g"].step(); optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
