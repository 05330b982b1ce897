"""Right: nothing is detached; backward(inputs=...) says which network a loss may reach."""
import torch
from torch.nn.functional import binary_cross_entropy, mse_loss

def configure_optimizers(model, lr):
    out = {}
    for name in ('discriminator', 'generator', 'encoder'):
        out[name] = torch.optim.AdamW(getattr(model, name).parameters(), lr=lr, betas=(.5, .99), weight_decay=0)
    return out

def draw_wrong_labels(h, number_of_classes):
    # random score for every class, -1 for the true one, the best of the rest wins
    scores = torch.rand(h.shape[0], number_of_classes, device=h.device)
    scores[torch.arange(h.shape[0], device=h.device), h] = -1
    return scores.argmax(dim=1)

def _bce(score, y):
    return binary_cross_entropy(score, score.new_full(score.shape, y))

def discriminator_loss(model, x_real, h, h_wrong, z):
    D = model.discriminator
    s_r, s_w, s_f = D(x_real, h), D(x_real, h_wrong), D(model.generator(z, h), h)
    return _bce(s_r, 1.0) + (_bce(s_w, 0.0) + _bce(s_f, 0.0)) / 2

def generator_loss(model, x_real, h, z, weight):
    s_f = model.discriminator(model.generator(z, h), h)
    return _bce(s_f, 1.0) + weight * autoencoder_loss(model, x_real, h)

def autoencoder_loss(model, x_real, h):
    return mse_loss(model.generator(model.encoder(x_real, h), h), x_real)

def train_step(model, x_real, h, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    h_wrong = draw_wrong_labels(h, model.number_of_classes)
    losses = {}

    def minimise(name, loss):
        optimizers[name].zero_grad()
        loss.backward(inputs=list(getattr(model, name).parameters()))
        optimizers[name].step()

    losses['discriminator'] = discriminator_loss(model, x_real, h, h_wrong, z)
    minimise('discriminator', losses['discriminator'])
    losses['generator'] = generator_loss(model, x_real, h, z, weight=20)
    minimise('generator', losses['generator'])
    losses['autoencoder'] = autoencoder_loss(model, x_real, h)
    minimise('encoder', losses['autoencoder'])
    return losses
