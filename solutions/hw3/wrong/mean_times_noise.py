"""Wrong: mean and sigma have changed places.

check: z_is_a_draw_from_q
mistake: mean-and-noise-exchanged
"""
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, hidden_size)])
        self.head_mean = nn.Linear(hidden_size, latent_size)
        self.head_log_var = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        for layer in self.hidden:
            x = F.gelu(layer(x))
        # a safety net: the variance neither explodes nor vanishes
        return self.head_mean(x), self.head_log_var(x).clamp(-12.0, 8.0)

def reparameterize(mean, log_var):
    sigma = (0.5 * log_var).exp()
    epsilon = torch.randn_like(sigma)
    return sigma + mean * epsilon

def log_likelihood(x, logits):
    zero = torch.zeros_like(logits)
    per_pixel = x * logits - torch.logaddexp(zero, logits)
    return torch.sum(per_pixel, 1)

def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld

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
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
