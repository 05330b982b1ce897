"""Right: all gradients are computed at the old weights, then D, G and E step together; D's leftovers of G's loss are wiped."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {n: torch.optim.RAdam(getattr(model, n).parameters(), lr=lr) for n in ("discriminator", "generator", "encoder")}

def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(d_real, torch.ones_like(d_real)) + F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))

def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    [o.zero_grad() for o in optimizers.values()]

    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    (loss_g + 15 * loss_ae).backward()

    # G's loss went through D and left gradients there. They must not be used!
    optimizers["discriminator"].zero_grad()
    loss_d = discriminator_loss(model, x_real, z)
    loss_d.backward()

    [o.step() for o in optimizers.values()]
    return {"discriminator": loss_d, "generator": loss_g, "autoencoder": loss_ae}
