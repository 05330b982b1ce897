"""Wrong: the mean is not squared.

check: divergence_is_that_of_two_normals
mistake: mean-not-squared
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


def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)


def divergence(mean, log_var):
    var = log_var.exp()
    return ((mean + var - 1 - log_var) / 2).sum(1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()  # clean for the next step
    with torch.no_grad():
        losses = {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}
    return losses


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    n, d = mean.shape
    eps = torch.randn((k + 1) // 2, n, d, device=mean.device)
    eps = torch.cat([eps, -eps])[:k]        # pairs +eps, -eps
    z = mean + torch.exp(log_var / 2) * eps
    ratio = 0.5 * (eps.square() + log_var - z.square()).sum(-1)
    return torch.logsumexp(log_likelihood_of(z) + ratio, dim=0) - torch.log(torch.tensor(float(k)))


def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
