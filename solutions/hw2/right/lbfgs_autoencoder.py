"""Right: L-BFGS with a closure for the reconstruction, Adam for D and for G's adversarial step."""
import torch
import torch.nn as nn

BCE = nn.BCELoss()
MSE = nn.MSELoss()


def configure_optimizers(model, lr):
    ae_params = list(model.encoder.parameters()) + list(model.generator.parameters())
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        # quasi-Newton for the smooth regression part. lr = 1 jumps around with mini-batches, so smaller
        "AE": torch.optim.LBFGS(ae_params, lr=100 * lr, max_iter=3, history_size=5),
    }


def discriminator_loss(model, x_real, z):
    out_real = model.discriminator(x_real)
    out_fake = model.discriminator(model.generator(z).detach())
    return BCE(out_real, torch.ones_like(out_real)) + BCE(out_fake, torch.zeros_like(out_fake))


def generator_loss(model, z):
    out = model.discriminator(model.generator(z))
    return BCE(out, torch.ones_like(out))


def autoencoder_loss(model, x_real):
    return MSE(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)

    optimizers["D"].zero_grad()
    d_loss = discriminator_loss(model, x_real, z)
    d_loss.backward()
    optimizers["D"].step()

    optimizers["G"].zero_grad()
    g_loss = generator_loss(model, z)
    (0.1 * g_loss).backward()
    optimizers["G"].step()

    def closure():
        optimizers["AE"].zero_grad()
        loss = autoencoder_loss(model, x_real)
        loss.backward()
        return loss

    # curvature that was measured on another batch only misleads it
    optimizers["AE"].state.clear()
    ae_loss = optimizers["AE"].step(closure)   # step returns the loss of the first evaluation
    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
