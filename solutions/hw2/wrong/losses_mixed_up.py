"""Wrong: the losses of D and G are exchanged in the returned dict.

check: step_is_well_behaved
mistake: returned-losses-mixed-up
also: returned-losses-mixed-up
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_discriminator(model, x, z, opt):
    opt.zero_grad()
    loss = discriminator_loss(model, x, z)
    loss.backward()
    opt.step()
    return loss.detach()

def train_others(model, x, z, opt_g, opt_e):
    opt_g.zero_grad()
    opt_e.zero_grad()
    g, a = generator_loss(model, z), autoencoder_loss(model, x)
    (g + 10 * a).backward()
    opt_g.step()
    opt_e.step()
    return g.detach(), a.detach()

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    loss_1 = train_discriminator(model, x_real, z, optimizers["D"])
    loss_2, loss_3 = train_others(model, x_real, z, optimizers["G"], optimizers["E"])
    return dict(zip(["generator", "discriminator", "autoencoder"], [loss_1, loss_2, loss_3]))
