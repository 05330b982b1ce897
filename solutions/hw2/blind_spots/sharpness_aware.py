"""Blind spot: right, with sharpness-aware minimization (Foret et al. 2021): an optimizer around an Adam, for each loss.

expect: passed
"""
import torch
import torch.nn.functional as F


class Sharp(torch.optim.Optimizer):
    """climb() goes uphill, descend() comes back and lets Adam apply the gradient that was found up there."""

    def __init__(self, params, lr, radius=0.05):
        super().__init__(params, {"lr": lr})
        self.adam = torch.optim.Adam(self.param_groups, lr=lr)
        self.param_groups = self.adam.param_groups
        self.radius, self.home = radius, []

    def weights(self):
        return [w for group in self.param_groups for w in group["params"] if w.grad is not None]

    @torch.no_grad()
    def climb(self):
        weights = self.weights()
        steepness = torch.nn.utils.get_total_norm([w.grad for w in weights])
        self.home = [w.clone() for w in weights]
        for w in weights:
            w += self.radius * w.grad / (steepness + 1e-12)

    @torch.no_grad()
    def descend(self):
        for w, at_home in zip(self.weights(), self.home):
            w.copy_(at_home)
        self.adam.step()


def configure_optimizers(model, lr):
    decoder = list(model.generator.parameters())
    return {"disc": Sharp(model.discriminator.parameters(), lr),
            "gen": Sharp(decoder, lr),
            "ae": Sharp(list(model.encoder.parameters()) + decoder, lr)}


def discriminator_loss(model, x_real, z):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def sharp_step(model, optimizer, loss_of):
    model.zero_grad()
    loss = loss_of()
    loss.backward()
    optimizer.climb()
    model.zero_grad()
    loss_of().backward()
    optimizer.descend()
    return loss.detach()


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    return {
        "discriminator": sharp_step(model, optimizers["disc"], lambda: discriminator_loss(model, x_real, z)),
        "generator": sharp_step(model, optimizers["gen"], lambda: generator_loss(model, z)),
        "autoencoder": sharp_step(model, optimizers["ae"], lambda: autoencoder_loss(model, x_real)),
    }
