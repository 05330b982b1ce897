"""Right: two discriminator updates on the very same fakes, which are generated once, before G moves."""
import torch
import torch.nn.functional as F

K = 2

def configure_optimizers(model, lr):
    def adam(*modules):
        params = []
        for m in modules:
            params += list(m.parameters())
        return torch.optim.Adam(params, lr=lr)
    return {"dis": adam(model.discriminator), "gen": adam(model.generator), "auto": adam(model.encoder, model.generator)}

def _ce(p, is_real):
    y = torch.ones_like(p) if is_real else torch.zeros_like(p)
    return F.binary_cross_entropy(p, y)

def discriminator_loss(model, x_real, z):
    return _ce(model.discriminator(x_real), True) + _ce(model.discriminator(model.generator(z).detach()), False)

def generator_loss(model, z):
    return _ce(model.discriminator(model.generator(z)), True)

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    with torch.no_grad():
        fakes = model.generator(z)
    first = None
    for k in range(K):
        loss = _ce(model.discriminator(x_real), True) + _ce(model.discriminator(fakes), False)
        optimizers["dis"].zero_grad()
        loss.backward()
        optimizers["dis"].step()
        if k == 0:
            first = loss.detach()

    g = generator_loss(model, z)
    optimizers["gen"].zero_grad()
    (0.5 * g).backward()
    optimizers["gen"].step()

    ae = autoencoder_loss(model, x_real)
    optimizers["auto"].zero_grad()
    ae.backward()
    optimizers["auto"].step()
    return {"discriminator": first, "generator": g.detach(), "autoencoder": ae.detach()}
