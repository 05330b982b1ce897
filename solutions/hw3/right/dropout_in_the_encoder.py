"""Right: a little dropout in the encoder, which eval() turns off."""
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, in_dim, hid_dim, z_dim):
        super().__init__()
        self.z_dim = z_dim
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(in_dim, hid_dim), nn.ELU(), nn.Dropout(0.05),
                                  nn.Linear(hid_dim, hid_dim), nn.ELU())
        self.out = nn.Linear(hid_dim, z_dim * 2)
        nn.init.zeros_(self.out.bias)

    def forward(self, images):
        out = self.out(self.body(images))
        return out[:, :self.z_dim], out[:, self.z_dim:]


def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)


def divergence(mean, log_var):
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    mu, lv = model.encoder(x)
    a = model.decoder(reparameterize(mu, lv))
    rec = -log_likelihood(x, a).mean()
    kl = divergence(mu, lv).mean()
    optimizer.zero_grad(set_to_none=True)
    (rec + beta * kl).backward()
    optimizer.step()
    return dict(reconstruction=rec.item(), divergence=kl.item())


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    n, d = mean.shape
    eps = torch.randn((k + 1) // 2, n, d, device=mean.device)
    eps = torch.cat([eps, -eps])[:k]        # pairs +eps, -eps
    z = mean + torch.exp(log_var / 2) * eps
    ratio = 0.5 * (eps.square() + log_var - z.square()).sum(-1)
    return torch.logsumexp(log_likelihood_of(z) + ratio, dim=0) - torch.log(torch.tensor(float(k)))


def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
