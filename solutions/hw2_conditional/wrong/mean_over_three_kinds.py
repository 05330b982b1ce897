"""Wrong: one cross-entropy over all three kinds in one batch, so real images count a third and not half.

check: discriminator_loss_is_right
mistake: terms-weighted-wrongly
"""
import torch
import torch.nn.functional as F

def configure_optimizers(model, lr):
    D, G, E = model.discriminator, model.generator, model.encoder
    return {'D': torch.optim.Adam(D.parameters(), lr=lr, betas=(.5, .999)),
            'G': torch.optim.Adam(G.parameters(), lr=lr, betas=(.5, .999)),
            'E': torch.optim.Adam(E.parameters(), lr=lr, betas=(.5, .999))}

def draw_wrong_labels(h, number_of_classes):
    w = torch.randint_like(h, number_of_classes - 1)
    return w + (w >= h).to(w.dtype)

def discriminator_loss(model, x_real, h, h_wrong, z):
    x = torch.cat([x_real, x_real, model.generator(z, h).detach()])
    labels = torch.cat([h, h_wrong, h])
    y = torch.cat([torch.ones(len(h), 1), torch.zeros(2 * len(h), 1)]).to(x)
    return F.binary_cross_entropy(model.discriminator(x, labels), y)   # the mean does the weighting

def generator_loss(model, x_real, h, z, weight):
    p = model.discriminator(model.generator(z, h), h)
    return F.binary_cross_entropy(p, torch.ones_like(p)) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return F.mse_loss(model.generator(model.encoder(x_real, h), h), x_real)

def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    w = draw_wrong_labels(h, model.number_of_classes)
    d = discriminator_loss(model, x_real, h, w, z)
    optimizers['D'].zero_grad(); d.backward(); optimizers['D'].step()
    g = generator_loss(model, x_real, h, z, 30)
    optimizers['G'].zero_grad(); optimizers['E'].zero_grad()
    g.backward()
    optimizers['G'].step(); optimizers['E'].step()
    return {'discriminator': d, 'generator': g, 'autoencoder': autoencoder_loss(model, x_real, h)}
