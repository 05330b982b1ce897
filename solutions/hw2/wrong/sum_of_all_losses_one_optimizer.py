"""Wrong: all three losses are added and minimised by one optimizer; fakes keep their graph and G's loss trains D.

check: generator_learns_only_from_its_losses
mistake: fakes-not-detached
also: discriminator-moved-by-generator-loss
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {'optimizer': torch.optim.Adam(model.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    opt = optimizers['optimizer']
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    loss_d = discriminator_loss(model, x_real, z)
    loss_g = generator_loss(model, z)
    loss_ae = autoencoder_loss(model, x_real)
    loss = loss_d + loss_g + loss_ae      # one total loss, like in the log line
    opt.zero_grad()
    loss.backward()
    opt.step()
    return {'discriminator': loss_d, 'generator': loss_g, 'autoencoder': loss_ae}
