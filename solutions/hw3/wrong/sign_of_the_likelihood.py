"""Wrong: the cross-entropy is returned, which is minus the log-likelihood.

check: log_likelihood_is_in_nats
mistake: wrong-sign
"""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(input_size, hidden_size) * (2 / input_size) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.W_mu = nn.Parameter(torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_mu = nn.Parameter(torch.zeros(latent_size))
        self.W_lv = nn.Parameter(0.1 * torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_lv = nn.Parameter(torch.zeros(latent_size))

    def forward(self, x):
        h = torch.relu(x @ self.W1 + self.b1)
        mu = h @ self.W_mu + self.b_mu
        log_var = h @ self.W_lv + self.b_lv
        return (mu, log_var)

def reparameterize(mean, log_var):
    q = Normal(mean, (log_var / 2).exp())
    return q.rsample()

def log_likelihood(x, logits):
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return loss.sum(dim=1)

def divergence(mean, log_var):
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)

def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)

def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    rec = -log_likelihood(x, model.decoder(reparameterize(mean, log_var))).mean()
    kl = divergence(mean, log_var).mean()
    rec.backward(retain_graph=True)
    (beta * kl).backward()  # gradients add up
    optimizer.step()
    return {"reconstruction": rec, "divergence": kl}

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
