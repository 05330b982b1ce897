"""The training steps that are compared: that of the original solution, ours, and a family in between.

**The original solution** has an Adam for each network and trains in three passes: D with L_D, then G with L_G + L_AE,
then E with L_AE. `original_step` makes these same updates (tests/benchmarks holds it against the step as it was
written, which `benchmarks/epoch.py` times); it only leaves out gradients that nobody uses.

**Ours** (`by_hand.py`) gives L_AE an Adam of its own over E and G, beside one for the game of G and D, so that neither
drowns the other in G whatever their sizes are; D sees real images and samples through noise, so that it does not win.

**The weighted design** is the one that shows the front: one Adam, in which G and E follow L_G + weight * L_AE.

    codes = E(x);  x_fake, reconstruction = G([z, codes]);  logits = D([x, x_fake])
    D follows L_D.  G and E follow L_G + weight * L_AE, in one update.

In it, as in ours, each network is passed once, and one way back through D serves both players. D judges each sample by
one number, its logit a, and

    dL_D/da = sigmoid(a) / n,    dL_G/da = -sigmoid(-a) / n = -exp(-a) dL_D/da,

so the gradient of L_G at a sample is that of L_D at the same sample, times -exp(-a). D needs no second pass, and both
players move from the same state of the game.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from by_hand import ByHand
from torch import Tensor
from torch.optim import Adam, Optimizer

from course_utils.models import Model

LEARNING_RATE = 2e-4
LOWEST_LOGIT = -60.0  # exp(60) is finite in float32; a gradient that was lost in D's saturation stays lost

Losses = dict[str, Tensor]
Optimizers = dict[str, Optimizer]
Step = Callable[[Model, Tensor, Optimizers], Losses]


@dataclass(frozen=True)
class Design:
    """How the losses train the model.

    Attributes:
        kind: "original", "weighted" or "ours".
        weight: of the reconstruction error in the update of G and E, in the weighted design; 1 in the original.
        beta1: how much of the mean gradient Adam keeps from step to step; other than 0.9 in the weighted design only.
        noise: standard deviation of what is added to the images that D sees, in ours.
        precision: of the matrix products, "float32" or, in ours, "bfloat16".
    """

    kind: str = "ours"
    weight: float = 1.0
    beta1: float = 0.9
    noise: float = 0.0
    precision: str = "float32"

    @property
    def name(self) -> str:
        """For files and tables."""
        settings = {"weighted": f"-w{self.weight:g}-b{self.beta1:g}", "ours": f"-n{self.noise:g}-{self.precision}"}
        return self.kind + settings.get(self.kind, "")

    def prepare(self, model: Model) -> tuple[Step, Optimizers]:
        """The training step for this model, (model, x_real, optimizers) -> losses, and the optimizers that it uses."""
        if self.kind == "original":
            return original_step, make_optimizers(model)
        if self.kind == "weighted":
            return partial(weighted_step, weight=self.weight), make_optimizers(model, self.beta1)
        by_hand = ByHand(model, self.noise, LEARNING_RATE, getattr(torch, self.precision))
        return by_hand.step, by_hand.optimizers


def make_optimizers(model: Model, beta1: float = 0.9) -> Optimizers:
    """An Adam for each network; it works number by number, so that G and E together need no common one."""
    networks = {"discriminator": model.discriminator, "generator": model.generator, "encoder": model.encoder}
    betas = (beta1, 0.999)
    return {name: Adam(net.parameters(), lr=LEARNING_RATE, betas=betas, fused=True) for name, net in networks.items()}


def original_step(model: Model, x_real: Tensor, optimizers: Optimizers) -> Losses:
    """L_D moves D, then L_G + L_AE moves G, then L_AE moves E, on x_real (n, pixels)."""
    n = len(x_real)
    with torch.no_grad():
        x_fake = model.generator(torch.randn(n, model.latent_size))  # (n, pixels)
    p_real, p_fake = model.discriminator(torch.cat([x_real, x_fake])).split(n)  # (n, 1) each
    loss_real = F.binary_cross_entropy(p_real, torch.ones_like(p_real))
    loss_discriminator = loss_real + F.binary_cross_entropy(p_fake, torch.zeros_like(p_fake))
    optimizers["discriminator"].zero_grad()
    loss_discriminator.backward()
    optimizers["discriminator"].step()

    z, codes = torch.randn(n, model.latent_size), model.encoder(x_real)  # (n, latent_size) each
    x_fake, reconstruction = model.generator(torch.cat([z, codes.detach()])).split(n)
    model.discriminator.requires_grad_(False)
    p_fake = model.discriminator(x_fake)
    model.discriminator.requires_grad_(True)
    loss_generator = F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))
    optimizers["generator"].zero_grad()
    (loss_generator + F.mse_loss(reconstruction, x_real)).backward()
    optimizers["generator"].step()

    model.generator.requires_grad_(False)
    loss_autoencoder = F.mse_loss(model.generator(codes), x_real)
    model.generator.requires_grad_(True)
    optimizers["encoder"].zero_grad()
    loss_autoencoder.backward()
    optimizers["encoder"].step()
    return {
        "discriminator": loss_discriminator.detach(),
        "generator": loss_generator.detach(),
        "autoencoder": loss_autoencoder.detach(),
    }


def weighted_step(model: Model, x_real: Tensor, optimizers: Optimizers, weight: float) -> Losses:
    """L_D moves D, and L_G + weight * L_AE moves G and E, on x_real (n, pixels); one pass of each network."""
    n = len(x_real)
    score = model.discriminator.net[:-1]  # D without its sigmoid: logits
    z = torch.randn(n, model.latent_size)
    x_fake, reconstruction = model.generator(torch.cat([z, model.encoder(x_real)])).split(n)  # (n, pixels) each

    shown = x_fake.detach().requires_grad_()  # L_D ends here, and leaves its gradient
    a_real, a_fake = score(x_real), score(shown)  # (n, 1) each
    loss_discriminator = F.softplus(-a_real).mean() + F.softplus(a_fake).mean()
    optimizers["discriminator"].zero_grad()
    loss_discriminator.backward()
    optimizers["discriminator"].step()

    with torch.no_grad():
        loss_generator = F.softplus(-a_fake).mean()
        towards_real = shown.grad * -(-a_fake.clamp(min=LOWEST_LOGIT)).exp()  # dL_G/dx_fake, (n, pixels)
    loss_autoencoder = F.mse_loss(reconstruction, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    torch.autograd.backward([x_fake, weight * loss_autoencoder], [towards_real, None])
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {
        "discriminator": loss_discriminator.detach(),
        "generator": loss_generator,
        "autoencoder": loss_autoencoder.detach(),
    }
