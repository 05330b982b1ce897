"""Wrong: the random seed is set inside train_step, so every step gets exactly the same z.

check: step_is_well_behaved
mistake: z-constant
"""
import torch
import torch.nn.functional as F

SEED = 42


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    real_prob = model.discriminator(x_real)
    fake_prob = model.discriminator(model.generator(z).detach())
    real_loss = F.binary_cross_entropy(real_prob, torch.ones_like(real_prob))
    fake_loss = F.binary_cross_entropy(fake_prob, torch.zeros_like(fake_prob))
    return real_loss + fake_loss


def generator_loss(model, z):
    fake_prob = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake_prob, torch.ones_like(fake_prob))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    torch.manual_seed(SEED)  # for reproducibility
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    g_loss = generator_loss(model, z)
    g_loss.backward()
    ae_loss = autoencoder_loss(model, x_real)
    ae_loss.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
