"""A latent variable model for which everything is known: the posterior, and log p(x) itself.

This is course material, for homework 3: an estimate of log p(x) can be compared with the truth here. The model is
z ~ N(0, I), x | z ~ N(W z + b, s^2 I), that of probabilistic principal component analysis (Tipping and Bishop, 1999).
"""

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal


class LinearGaussian:
    """The model with its weights, and some data; called with z it gives log p(x | z).

    Args:
        weight: W, (features, latent_size).
        offset: b, (features,).
        deviation: s, above 0.
        x: the data, (n, features).
    """

    def __init__(self, weight: Tensor, offset: Tensor, deviation: float, x: Tensor) -> None:
        self.weight, self.offset, self.deviation, self.x = weight, offset, deviation, x

    def __call__(self, z: Tensor) -> Tensor:
        """log p(x | z), (..., n), of latent vectors (..., n, latent_size)."""
        mean = z @ self.weight.T + self.offset  # (..., n, features)
        return Normal(mean, self.deviation).log_prob(self.x).sum(-1)

    def posterior(self) -> tuple[Tensor, Tensor]:
        """p(z | x), which is normal: its means (n, latent_size), and the covariance that all of them share."""
        size = self.weight.shape[1]
        precision = torch.eye(size) + self.weight.T @ self.weight / self.deviation**2
        covariance = precision.inverse()
        return (self.x - self.offset) @ self.weight @ covariance / self.deviation**2, covariance

    def log_evidence(self) -> Tensor:
        """log p(x), (n,): x is normal, too."""
        features = len(self.offset)
        covariance = self.weight @ self.weight.T + self.deviation**2 * torch.eye(features)
        return MultivariateNormal(self.offset, covariance).log_prob(self.x)
