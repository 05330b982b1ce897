"""Wrong: lr is passed under the wrong keyword (weight_decay), the learning rate stays at Adam's default.

check: learning_rate_is_used
mistake: learning-rate-ignored
"""
import torch
import torch.nn.functional as F

def adam(params, lr):
    return torch.optim.AdamW(params, weight_decay=lr)

def configure_optimizers(model, lr):
    return {'D': adam(model.discriminator.parameters(), lr),
            'GE': adam([*model.generator.parameters(), *model.encoder.parameters()], lr)}

def discriminator_loss(model, x_real, z):
    d_x, d_g = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return -(d_x.clamp_min(1e-6).log().mean() + (1 - d_g).clamp_min(1e-6).log().mean())

def generator_loss(model, z):
    return -model.discriminator(model.generator(z)).clamp_min(1e-6).log().mean()

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    optimizers['D'].zero_grad()
    ld = discriminator_loss(model, x_real, z)
    ld.backward()
    optimizers['D'].step()
    optimizers['GE'].zero_grad()
    lg, la = generator_loss(model, z), autoencoder_loss(model, x_real)
    (lg + 8 * la).backward()
    optimizers['GE'].step()
    return {'discriminator': ld, 'generator': lg, 'autoencoder': la}
