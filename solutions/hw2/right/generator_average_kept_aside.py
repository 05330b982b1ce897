"""Right: an exponential moving average of G is kept beside the model for nicer samples; the model itself is untouched by it."""
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    optimizers = {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }
    # hang the average on the optimizer of G, train_step gets nothing else that lives on
    optimizers["G"].average = AveragedModel(model.generator, multi_avg_fn=get_ema_multi_avg_fn(0.999))
    return optimizers

def discriminator_loss(model, x_real, z):
    out_real = model.discriminator(x_real)
    out_fake = model.discriminator(model.generator(z).detach())
    return bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))

def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return bce(out, torch.ones_like(out))

def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()

    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    (0.5 * g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    optimizers["G"].average.update_parameters(model.generator)
    return {"discriminator": d, "generator": g, "autoencoder": a}
