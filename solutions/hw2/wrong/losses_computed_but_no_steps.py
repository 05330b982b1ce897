"""Wrong: train_step computes the three losses and stops, no backward and no step.

check: step_is_well_behaved
mistake: step-not-taken
also: discriminator-never-updated, generator-never-updated, encoder-never-updated
"""
import torch
from torch import nn

def configure_optimizers(model, lr):
    return {name: torch.optim.Adam(net.parameters(), lr=lr) for name, net in model.named_children()}

def discriminator_loss(model, x_real, z):
    criterion = nn.BCELoss()
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return criterion(p, torch.ones_like(p)) + criterion(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return nn.BCELoss()(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    for optimizer in optimizers.values():
        optimizer.zero_grad()
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    return {
        "discriminator": discriminator_loss(model, x_real, z),
        "generator": generator_loss(model, z),
        "autoencoder": autoencoder_loss(model, x_real),
    }
