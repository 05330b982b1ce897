"""Right: of G's adversarial gradient, what is against the reconstruction is projected out; E's gradients are centralized."""
import torch
import torch.nn as nn

bce = nn.BCELoss()

def configure_optimizers(model, lr):
    return {"d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "g": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "e": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return ((model.generator(model.encoder(x_real)) - x_real) ** 2).mean()

def centralize(net):
    for p in net.parameters():
        if p.dim() > 1:
            p.grad -= p.grad.mean(dim=1, keepdim=True)

def without_conflict(ours, other):
    """PCGrad: if the two gradients point apart, take the part along the other away."""
    dot = sum((u * v).sum() for u, v in zip(ours, other))
    if dot >= 0:
        return ours
    size = sum((v * v).sum() for v in other)
    return [u - dot / size * v for u, v in zip(ours, other)]

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, x_real, z)
    optimizers["d"].zero_grad()
    d.backward()
    optimizers["d"].step()

    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    decoder, encoder = list(model.generator.parameters()), list(model.encoder.parameters())
    sharp = torch.autograd.grad(g, decoder)
    close = torch.autograd.grad(10 * a, decoder + encoder)
    for p, u, v in zip(decoder, without_conflict(sharp, close), close):
        p.grad = u + v
    for p, v in zip(encoder, close[len(decoder):]):
        p.grad = v
    optimizers["g"].step()
    centralize(model.encoder)
    optimizers["e"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
