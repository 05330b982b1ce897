"""Right: D's layers without the sigmoid give logits, and the stable cross-entropy is used on them."""
import torch
import torch.nn.functional as F
from course_utils.conditional import append_labels

betas = (0.5, 0.999)

def configure_optimizers(model, lr):
    nets = [("E", model.encoder), ("G", model.generator), ("D", model.discriminator)]
    return {k: torch.optim.Adam(net.parameters(), lr=lr, betas=betas) for k, net in nets}

def draw_wrong_labels(h, number_of_classes):
    # one class less to draw from; whoever hits the true class gets the last one, which is not in the draw
    w = torch.randint_like(h, number_of_classes - 1)
    return w.masked_fill(w == h, number_of_classes - 1)

def D_logits(model, x, h):
    """(n,) -- everything in D but the last layer, which is the sigmoid"""
    inp = append_labels(x, h, model.number_of_classes)
    return model.discriminator.net[:-1](inp).squeeze(1)

def ce(logits, y):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, y))

def discriminator_loss(model, x_real, h, h_wrong, z):
    x_fake = model.generator(z, h).detach()
    accept = ce(D_logits(model, x_real, h), 1.)
    reject = ce(D_logits(model, x_real, h_wrong), 0.) + ce(D_logits(model, x_fake, h), 0.)
    return accept + reject / 2

def generator_loss(model, x_real, h, z, weight):
    return ce(D_logits(model, model.generator(z, h), h), 1.) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    diff = model.generator(model.encoder(x_real, h), h) - x_real
    return diff.pow(2).mean()

def train_step(model, x_real, h, optimizers):
    z = torch.randn(h.numel(), model.latent_size, device=x_real.device)
    hw = draw_wrong_labels(h, model.number_of_classes)

    for o in optimizers.values(): o.zero_grad()
    ld = discriminator_loss(model, x_real, h, hw, z)
    ld.backward()
    optimizers["D"].step()

    for o in optimizers.values(): o.zero_grad()
    lg = generator_loss(model, x_real, h, z, 40)
    lg.backward()        # reaches E as well through R
    optimizers["G"].step()
    optimizers["E"].step()

    le = autoencoder_loss(model, x_real, h).detach()
    return dict(discriminator=ld.detach(), generator=lg.detach(), autoencoder=le)
