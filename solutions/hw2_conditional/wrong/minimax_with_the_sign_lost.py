"""Wrong: of the saturating form log(1 - D) the minus sign of the discriminator's loss was kept, so G wants to be caught.

check: generator_loss_is_right
mistake: generator-trained-towards-fake
also: generator-trained-towards-fake, training-does-not-converge
"""
import torch

EPS = 1e-7

def log(p):
    return torch.log(p.clamp(EPS, 1 - EPS))

def configure_optimizers(model, lr):
    opt = lambda m: torch.optim.Adam(m.parameters(), lr=lr, betas=(0.5, 0.999))
    return {"D": opt(model.discriminator), "G": opt(model.generator), "E": opt(model.encoder)}

def draw_wrong_labels(h, number_of_classes):
    scores = torch.rand(len(h), number_of_classes, device=h.device)
    scores.scatter_(1, h[:, None], -1.0)
    return scores.argmax(1)

def discriminator_loss(model, x_real, h, h_wrong, z):
    fake = model.generator(z, h).detach()
    value = log(model.discriminator(x_real, h)).mean()
    value = value + 0.5 * log(1 - model.discriminator(x_real, h_wrong)).mean()
    value = value + 0.5 * log(1 - model.discriminator(fake, h)).mean()
    return -value

def generator_loss(model, x_real, h, z, weight):
    value = log(1 - model.discriminator(model.generator(z, h), h)).mean()
    return -value + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return (model.generator(model.encoder(x_real, h), h) - x_real).square().mean()

def train_step(model, x_real, h, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    out = {}
    model.zero_grad()
    out["discriminator"] = discriminator_loss(model, x_real, h, draw_wrong_labels(h, model.number_of_classes), z)
    out["discriminator"].backward()
    optimizers["D"].step()
    model.zero_grad()
    out["generator"] = generator_loss(model, x_real, h, z, 30)
    out["generator"].backward()
    optimizers["G"].step()
    model.zero_grad()
    out["autoencoder"] = autoencoder_loss(model, x_real, h)
    out["autoencoder"].backward()
    optimizers["E"].step()
    return out
