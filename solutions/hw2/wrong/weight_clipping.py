"""Wrong: D's weights are clamped to [-0.01, 0.01] after its step (WGAN), a change that comes from no gradient.

check: step_is_well_behaved
mistake: updates-not-from-gradients
"""
import torch
import torch.nn.functional as F

CLAMP = 0.01


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    # keep D Lipschitz
    with torch.no_grad():
        for p in model.discriminator.parameters():
            p.clamp_(-CLAMP, CLAMP)
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
