"""Wrong: optimizers and losses are done, train_step is still the stub.

check: step_is_well_behaved
mistake: not-implemented
"""
import torch
from torch import nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "EG": torch.optim.Adam([*model.encoder.parameters(), *model.generator.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return nn.MSELoss()(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    # we did not get this far, sorry
    raise NotImplementedError("train_step")
