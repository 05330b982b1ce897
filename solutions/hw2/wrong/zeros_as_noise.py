"""Wrong: z is a tensor of zeros (the mean of the normal distribution).

check: step_is_well_behaved
mistake: z-constant
also: z-one-vector-for-the-batch, z-not-standard-normal
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"opt_d": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "opt_ge": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.zeros(x_real.size(0), model.latent_size, device=x_real.device)  # TODO make it random
    optimizers["opt_d"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["opt_d"].step()
    optimizers["opt_ge"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["opt_ge"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
