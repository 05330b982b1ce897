"""Right: as in VAE-GAN, reconstructions are fakes for D and must fool it too, which also trains the encoder a little."""
import torch
import torch.nn.functional as F

ADV = 0.05      # weight of everything adversarial against the pixels


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr, betas=(0.5, 0.999)),
    }


def looks_real(p):
    return F.binary_cross_entropy(p, torch.ones_like(p))


def looks_fake(p):
    return F.binary_cross_entropy(p, torch.zeros_like(p))


def discriminator_loss(model, x_real, z):
    return looks_real(model.discriminator(x_real)) + looks_fake(model.discriminator(model.generator(z).detach()))


def generator_loss(model, z):
    return looks_real(model.discriminator(model.generator(z)))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    x_rec = model.generator(model.encoder(x_real))

    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    total_d = d_loss + looks_fake(model.discriminator(x_rec.detach()))
    total_d.backward()
    optimizers["D"].step()

    optimizers["EG"].zero_grad()
    g_loss = generator_loss(model, z)
    rec_loss = F.mse_loss(x_rec, x_real)
    total_g = rec_loss + ADV * (g_loss + looks_real(model.discriminator(x_rec)))
    total_g.backward()
    optimizers["EG"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": rec_loss}
