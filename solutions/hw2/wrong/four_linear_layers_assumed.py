"""Wrong: L2 is added for the layers net[0], net[2] and net[4] by number, which not every depth of the model has.

check: step_is_well_behaved
mistake: sizes-hard-coded
also: function-raises
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'G': torch.optim.Adam(model.generator.parameters(), lr=lr),
            'E': torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def weight_penalty(net):
    return 1e-4 * sum(net[i].weight.pow(2).sum() for i in (0, 2, 4))

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    (d + weight_penalty(model.discriminator.net)).backward()
    optimizers['D'].step()
    optimizers['G'].zero_grad()
    optimizers['E'].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers['G'].step()
    optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': a}
