"""Right: D's loss is not detached, but every network's gradients are cleared right before the loss that it is stepped for."""
import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
    }


def discriminator_loss(model, x_real, z):
    d_x = model.discriminator(x_real)
    d_g = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_x, torch.ones_like(d_x)) + F.binary_cross_entropy(d_g, torch.zeros_like(d_g))


def generator_loss(model, z):
    d_g = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_g, torch.ones_like(d_g))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def zero_all(optimizers):
    for o in optimizers.values():
        o.zero_grad()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    # this also puts gradients into G, but only D steps, and zero_all throws the rest away
    zero_all(optimizers)
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()

    zero_all(optimizers)
    g = generator_loss(model, z)
    g.backward()
    optimizers["G"].step()

    zero_all(optimizers)
    ae = autoencoder_loss(model, x_real)
    ae.backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
