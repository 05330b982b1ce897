"""Right: the gradients come from torch.func.grad_and_value over copies of the weights, and are put where Adam looks."""
import torch
import torch.nn.functional as F
from torch.func import functional_call, grad_and_value


def configure_optimizers(model, lr):
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "E": torch.optim.Adam(model.encoder.parameters(), lr=lr),
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


def split(module):
    return {name: p.detach() for name, p in module.named_parameters()}


def set_gradients(module, gradients):
    for name, p in module.named_parameters():
        p.grad = gradients[name].detach()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    E, G, D = split(model.encoder), split(model.generator), split(model.discriminator)

    def d_objective(weights):
        p = functional_call(model.discriminator, weights, (x_real,))
        q = functional_call(model.discriminator, weights, (functional_call(model.generator, G, (z,)),))
        return F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))

    def eg_objective(encoder, generator):
        q = functional_call(model.discriminator, D, (functional_call(model.generator, generator, (z,)),))
        g = F.binary_cross_entropy(q, torch.ones_like(q))
        code = functional_call(model.encoder, encoder, (x_real,))
        a = F.mse_loss(functional_call(model.generator, generator, (code,)), x_real)
        return g + 10 * a, (g, a)

    d_gradients, d = grad_and_value(d_objective)(D)
    (e_gradients, g_gradients), (_, (g, a)) = grad_and_value(eg_objective, argnums=(0, 1), has_aux=True)(E, G)
    set_gradients(model.discriminator, d_gradients)
    set_gradients(model.encoder, e_gradients)
    set_gradients(model.generator, g_gradients)
    for o in optimizers.values():
        o.step()
    return {"discriminator": d.detach(), "generator": g.detach(), "autoencoder": a.detach()}
