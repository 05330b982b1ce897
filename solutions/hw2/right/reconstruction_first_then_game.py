"""Right: autoencoder step, then G, then D, all gradients cleared by hand with p.grad = None; weighted BCE."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {
        "one": torch.optim.AdamW(model.encoder.parameters(), lr),
        "two": torch.optim.AdamW(model.generator.parameters(), lr),
        "three": torch.optim.AdamW(model.discriminator.parameters(), lr),
    }

def nograds(model):
    for p in model.parameters():
        p.grad = None

def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).data)
    # count the real images double, G is weak in the beginning
    w = torch.tensor(2.0, device=x_real.device)
    return (F.binary_cross_entropy(real, torch.ones_like(real), weight=w)
            + F.binary_cross_entropy(fake, torch.zeros_like(fake))) / 3

def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.empty(len(x_real), model.latent_size, device=x_real.device).normal_(0, 1)
    nograds(model)
    ae = autoencoder_loss(model, x_real); ae.backward()
    optimizers["one"].step(); optimizers["two"].step()
    nograds(model)
    g = generator_loss(model, z); (g / 5).backward()
    optimizers["two"].step()
    nograds(model)
    d = discriminator_loss(model, x_real, z); d.backward()
    optimizers["three"].step()
    return dict(discriminator=d, generator=g, autoencoder=ae)
