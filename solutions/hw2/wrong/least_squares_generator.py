"""Wrong: D uses cross-entropy, but the generator's loss is the squared distance of D(G(z)) to 1 (LSGAN).

check: generator_loss_is_right
mistake: not-binary-cross-entropy
"""
import torch
from torch.nn import BCELoss, MSELoss

bce = BCELoss()
mse = MSELoss()

def configure_optimizers(model, lr):
    opt_D = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opt_G = torch.optim.Adam(model.generator.parameters(), lr=lr)
    opt_AE = torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr)
    return {"D": opt_D, "G": opt_G, "AE": opt_AE}

def discriminator_loss(model, x_real, z):
    pred_real = model.discriminator(x_real)
    pred_fake = model.discriminator(model.generator(z).detach())
    return bce(pred_real, torch.ones_like(pred_real)) + bce(pred_fake, torch.zeros_like(pred_fake))

def generator_loss(model, z):
    pred = model.discriminator(model.generator(z))
    return mse(pred, torch.ones_like(pred))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    result = {}
    jobs = {"discriminator": ("D", lambda: discriminator_loss(model, x_real, z)),
            "generator": ("G", lambda: generator_loss(model, z)),
            "autoencoder": ("AE", lambda: autoencoder_loss(model, x_real))}
    for name, (key, loss_fn) in jobs.items():
        loss = loss_fn()
        optimizers[key].zero_grad()
        loss.backward()
        optimizers[key].step()
        result[name] = loss
    return result
