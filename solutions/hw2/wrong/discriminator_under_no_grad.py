"""Wrong: to freeze D in the generator's loss it runs under no_grad, which cuts the way back to G; backward raises.

check: generator_loss_is_right
mistake: loss-detached
also: function-raises
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    x_fake = model.generator(z)
    with torch.no_grad():   # D is not trained here
        q = model.discriminator(x_fake)
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["d"].step()

    optimizers["g"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["g"].step()

    optimizers["g"].zero_grad()
    optimizers["e"].zero_grad()
    ae = autoencoder_loss(model, x_real)
    ae.backward()
    optimizers["g"].step()
    optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
