"""Wrong: the losses are right but returned under "D", "G" and "AE".

check: step_is_well_behaved
mistake: wrong-return-value
"""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "AE": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr),
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
    losses = {}
    for key in optimizers:
        if key == "D":
            loss = discriminator_loss(model, x_real, z)
        elif key == "G":
            loss = generator_loss(model, z)
        else:
            loss = autoencoder_loss(model, x_real)
        optimizers[key].zero_grad()
        loss.backward()
        optimizers[key].step()
        losses[key] = loss
    return losses
