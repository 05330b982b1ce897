"""Right: two optimizers, D alone and E with G; the generator's and the reconstruction loss share one backward."""
import torch
import torch.nn.functional as F

LAMBDA_REC = 10.0   # otherwise the adversarial term wins


def configure_optimizers(model, lr):
    eg = [*model.encoder.parameters(), *model.generator.parameters()]
    return {'D': torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            'EG': torch.optim.Adam(eg, lr=lr)}

def discriminator_loss(model, x_real, z):
    with torch.no_grad():
        x_fake = model.generator(z)
    p_real, p_fake = model.discriminator(x_real), model.discriminator(x_fake)
    return 0.5 * (F.binary_cross_entropy(p_real, torch.ones_like(p_real))
                  + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake)))

def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones_like(p))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size).to(x_real)

    optimizers['EG'].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + LAMBDA_REC * ae).backward()
    optimizers['EG'].step()

    # D comes last. zero_grad here also wipes what g.backward() left in D
    optimizers['D'].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers['D'].step()
    return dict(discriminator=d.detach(), generator=g.detach(), autoencoder=ae.detach())
