"""Wrong: Adam is made without lr and takes its own default.

check: learning_rate_is_used
mistake: learning-rate-ignored
also: learning-rate-ignored
"""
import torch
from torch import nn, optim

bce_loss = nn.BCELoss(reduction='mean')
mse_loss = nn.MSELoss(reduction='mean')

def configure_optimizers(model, lr):
    optimizers = {}
    optimizers['discriminator'] = optim.Adam(model.discriminator.parameters(), betas=(0.5, 0.999))
    optimizers['generator'] = optim.Adam(model.generator.parameters(), betas=(0.5, 0.999))
    optimizers['encoder'] = optim.Adam(model.encoder.parameters(), betas=(0.5, 0.999))
    return optimizers

def draw_wrong_labels(h, number_of_classes):
    jump = torch.randint(low=1, high=number_of_classes, size=(len(h),), device=h.device)
    return (h + jump).fmod(number_of_classes)

def discriminator_loss(model, x_real, h, h_wrong, z):
    y_real = model.discriminator(x_real, h)
    y_wrong = model.discriminator(x_real, h_wrong)
    y_fake = model.discriminator(model.generator(z, h).detach(), h)
    return bce_loss(y_real, torch.ones_like(y_real)) + \
        0.5 * (bce_loss(y_wrong, torch.zeros_like(y_wrong)) + bce_loss(y_fake, torch.zeros_like(y_fake)))

def generator_loss(model, x_real, h, z, weight):
    y_fake = model.discriminator(model.generator(z, h), h)
    return bce_loss(y_fake, torch.ones_like(y_fake)) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return mse_loss(model.generator(model.encoder(x_real, h), h), x_real)

def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    losses = {}
    for name in ['discriminator', 'generator', 'encoder']:
        optimizers[name].zero_grad()
        if name == 'discriminator':
            loss = losses['discriminator'] = discriminator_loss(model, x_real, h, h_wrong, z)
        elif name == 'generator':
            loss = losses['generator'] = generator_loss(model, x_real, h, z, 30)
        else:
            loss = losses['autoencoder'] = autoencoder_loss(model, x_real, h)
        loss.backward()
        optimizers[name].step()
    return losses
