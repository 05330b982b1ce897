"""Wrong: exp of the log-weights is 0 for large images.

check: estimate_does_not_underflow
mistake: not-finite
"""
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super(Encoder, self).__init__()
        self.net = nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.BatchNorm1d(hidden_size),
            nn.ReLU(inplace=True),
        )
        self.mu = nn.Linear(hidden_size, latent_size)
        self.lv = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h = self.net(x)
        return self.mu(h), self.lv(h)

def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)

def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)

def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl

def train_step(model, x, optimizer, beta=1.0):
    m, s = model.encoder(x)
    logits = model.decoder(reparameterize(m, s))
    kl = divergence(m, s).mean()
    loss = negative_bound(x, logits, m, s, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    # what is left of the loss is the reconstruction
    return {"reconstruction": (loss - beta * kl).detach(), "divergence": kl.detach()}

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    z = q.sample((k,))
    w = torch.exp(log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1))
    return torch.log(w.mean(0))

def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
