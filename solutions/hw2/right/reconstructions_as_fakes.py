"""Right: D also sees the reconstructions as fakes, added in the training step; the three losses stay as asked."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.NAdam(model.discriminator.parameters(), lr=lr),
        "autoencoder": torch.optim.NAdam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }

def is_real(p):
    return F.binary_cross_entropy(p, torch.ones_like(p))

def is_fake(p):
    return F.binary_cross_entropy(p, torch.zeros_like(p))

def discriminator_loss(model, x_real, z):
    return is_real(model.discriminator(x_real)) + is_fake(model.discriminator(model.generator(z).detach()))

def generator_loss(model, z):
    return is_real(model.discriminator(model.generator(z)))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    D, AE = optimizers["discriminator"], optimizers["autoencoder"]
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    # reconstructions are blurry, so D should learn to reject them as well (idea from VAE-GAN)
    with torch.no_grad():
        blurry = model.generator(model.encoder(x_real))
    d_loss = discriminator_loss(model, x_real, z)
    D.zero_grad()
    (d_loss + 0.5 * is_fake(model.discriminator(blurry))).backward()
    D.step()

    AE.zero_grad()
    g_loss = generator_loss(model, z)
    ae_loss = autoencoder_loss(model, x_real)
    (0.3 * g_loss + 6.0 * ae_loss).backward()
    AE.step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
