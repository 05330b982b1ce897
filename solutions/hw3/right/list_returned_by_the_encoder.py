"""Right: the encoder returns a list, and the weights of the last layers begin small."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.input_layer = nn.Linear(input_size, hidden_size)
        self.output_layers = nn.ModuleList(nn.Linear(hidden_size, latent_size) for _ in range(2))
        for layer in self.output_layers:
            nn.init.normal_(layer.weight, std=0.01)

    def forward(self, x):
        h = torch.tanh(self.input_layer(x.view(x.size(0), -1)))
        return [layer(h) for layer in self.output_layers]


def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)


def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld


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
    all_weights = []
    for _ in range(k):
        sigma = torch.exp(0.5 * log_var)
        eps = torch.randn_like(mean)
        z = mean + sigma * eps
        # the constants log(2 pi)/2 of prior and q cancel
        log_prior = -0.5 * (z ** 2).sum(1)
        log_q = -0.5 * (eps ** 2 + log_var).sum(1)
        all_weights.append(log_likelihood_of(z) + log_prior - log_q)
    return torch.stack(all_weights).logsumexp(dim=0) - np.log(k)


def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
