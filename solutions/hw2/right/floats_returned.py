"""Right: the losses come back as Python floats (.item()) after the updates; otherwise the plain three-optimizer design."""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        'disc': torch.optim.Adam(params=model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        'gen': torch.optim.Adam(params=model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        'auto': torch.optim.Adam(params=list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    fake_images = model.generator(z)
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(fake_images.detach())
    loss = F.binary_cross_entropy(d_real, torch.ones_like(d_real))
    loss += F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return loss


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    encoded = model.encoder(x_real)
    decoded = model.generator(encoded)
    return F.mse_loss(decoded, x_real)


def train_step(model, x_real, optimizers):
    batch_size, device = x_real.shape[0], x_real.device

    model.train()
    # ---- discriminator
    optimizers['disc'].zero_grad()
    D_loss = discriminator_loss(model, x_real, torch.randn(batch_size, model.latent_size, device=device))
    D_loss.backward()
    optimizers['disc'].step()
    # ---- generator
    optimizers['gen'].zero_grad()
    G_loss = generator_loss(model, torch.randn(batch_size, model.latent_size, device=device))
    G_loss.backward()
    optimizers['gen'].step()
    # ---- autoencoder
    optimizers['auto'].zero_grad()
    AE_loss = autoencoder_loss(model, x_real)
    AE_loss.backward()
    optimizers['auto'].step()

    return {'discriminator': D_loss.item(), 'generator': G_loss.item(), 'autoencoder': AE_loss.item()}
