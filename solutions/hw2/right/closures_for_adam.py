"""Right: every Adam step gets a closure that zeroes, computes and backpropagates; losses collected by the closures."""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "autoencoder": torch.optim.Adam([p for m in (model.encoder, model.generator) for p in m.parameters()], lr=lr),
    }

def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real)
    q = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def make_closure(optimizer, loss_function, *args):
    def closure():
        optimizer.zero_grad()
        loss = loss_function(*args)
        loss.backward()
        return loss
    return closure

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    jobs = {
        "discriminator": (discriminator_loss, model, x_real, z),
        "generator": (generator_loss, model, z),
        "autoencoder": (autoencoder_loss, model, x_real),
    }
    return {name: optimizers[name].step(make_closure(optimizers[name], *job)).detach() for name, job in jobs.items()}
