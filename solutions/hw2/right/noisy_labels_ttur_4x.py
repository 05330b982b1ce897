"""Right: noisy labels (0.7 to 1 and 0 to 0.3), and D learns four times as fast."""
import torch

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=4 * lr, betas=(0.5, 0.999)),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def soft(lo, hi, like):
    return (hi - lo) * torch.rand_like(like) + lo

def xent(p, t):
    p = p.clamp(1e-6, 1 - 1e-6)
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()

def discriminator_loss(model, x_real, z):
    dr = model.discriminator(x_real)
    df = model.discriminator(model.generator(z).detach())
    return xent(dr, soft(0.7, 1.0, dr)) + xent(df, soft(0.0, 0.3, df))

def generator_loss(model, z):
    df = model.discriminator(model.generator(z))
    return xent(df, torch.ones_like(df))

def autoencoder_loss(model, x_real):
    return torch.nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    n, k = x_real.shape[0], model.latent_size
    D, G, E = (optimizers[c] for c in "DGE")
    d = discriminator_loss(model, x_real, torch.randn(n, k, device=x_real.device))
    D.zero_grad(); d.backward(); D.step()
    g = generator_loss(model, torch.randn(n, k, device=x_real.device))
    G.zero_grad(); g.backward(); G.step()
    a = autoencoder_loss(model, x_real)
    G.zero_grad(); E.zero_grad(); a.backward(); G.step(); E.step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
