"""Right: Muon for the weight matrices and Adam for the biases, so every network is held by two optimizers."""
import torch
import torch.nn.functional as F

NETWORKS = ("encoder", "generator", "discriminator")


def configure_optimizers(model, lr):
    optimizers = {}
    for name in NETWORKS:
        parameters = list(getattr(model, name).parameters())
        optimizers[name + "/matrices"] = torch.optim.Muon([p for p in parameters if p.ndim == 2], lr=lr, ns_steps=3)
        optimizers[name + "/biases"] = torch.optim.Adam([p for p in parameters if p.ndim != 2], lr=lr)
    return optimizers


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def step(optimizers, *names):
    for key, optimizer in optimizers.items():
        if key.split("/")[0] in names:
            optimizer.step()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    step(optimizers, "discriminator")

    model.zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (0.1 * g + ae).backward()
    step(optimizers, "generator", "encoder")
    return {"discriminator": d, "generator": g, "autoencoder": ae}
