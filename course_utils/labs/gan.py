"""The experiments of the class lab on generative adversarial networks.

This is course material for a lab: a ring of eight Gaussians with a count of its covered modes, a training step that
forgets something on purpose, and what is measured of the game between G and D. The figures are in
`course_utils.labs.gan_figures`.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import Adam, Optimizer

from course_utils.data import ImageLoader
from course_utils.models import MLPDiscriminator, Model
from course_utils.training import TrainStep, apply_budget

MODES = 8
RADIUS, SIGMA = 0.4, 0.02  # of the ring, and of each Gaussian on it
ENOUGH = 0.01  # share of the points that makes a mode covered; an even ring has 1/8 at each
EVERY = 10  # steps between two looks at the scores
TINY = 1e-12  # keeps logarithms finite

Density = Callable[[Tensor], Tensor]


def ring_centers() -> Tensor:
    """The means of the eight Gaussians, (8, 2), on a circle around the middle of the unit square."""
    angles = torch.arange(MODES) * (2 * math.pi / MODES)
    return 0.5 + RADIUS * torch.stack([angles.cos(), angles.sin()], dim=1)


def ring_points(n: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n points of the ring, (n, 2), each from a Gaussian drawn at random, and the numbers of these Gaussians, (n,).

    The data of Metz et al. (2017), "Unrolled Generative Adversarial Networks", scaled to [0, 1].
    """
    random = torch.Generator().manual_seed(seed)
    modes = torch.randint(MODES, (n,), generator=random)
    return ring_centers()[modes] + SIGMA * torch.randn(n, 2, generator=random), modes


def load_ring(batch_size: int = 256, n: int = 6400, seed: int = 0, device: torch.device | str = "cpu") -> ImageLoader:
    """Points of the ring in batches, each as an "image" of two pixels: its coordinates, rounded to 1/255."""
    points, modes = ring_points(n, seed)
    pixels = points.mul(255).round().clamp(0, 255).to(torch.uint8)
    return ImageLoader(pixels.unsqueeze(1), modes, batch_size, seed=seed, device=device)


class ShortEpochs:
    """A loader whose epoch is a part of another loader's: figures that have a point an epoch get more of them.

    One epoch goes on where the last one ended; when the other loader is through, it starts again in a new order.
    """

    def __init__(self, loader: ImageLoader, parts: int) -> None:
        self._loader = loader
        self._steps = max(1, len(loader) // parts)
        self._batches: Iterator[tuple[Tensor, Tensor]] = iter(())

    def __len__(self) -> int:
        """The number of batches in a short epoch."""
        return self._steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self._steps):
            batch = next(self._batches, None)
            if batch is None:
                self._batches = iter(self._loader)
                batch = next(self._batches)
            yield batch


def covered_modes(points: Tensor) -> Tensor:
    """Which modes of the ring are covered by `points` (n, 2): bool (8,).

    A mode is covered if at least 1 % of the points lie within three standard deviations of its center.
    """
    squares = (points[:, None] - ring_centers()).square().sum(2)  # (n, 8)
    return (squares < (3 * SIGMA) ** 2).double().mean(0) >= ENOUGH


def on_the_ring(points: Tensor) -> float:
    """The share of the points (n, 2) that lie within three standard deviations of any mode."""
    squares = (points[:, None] - ring_centers()).square().sum(2)  # (n, 8)
    return (squares.amin(1) < (3 * SIGMA) ** 2).double().mean().item()


def forgetful_step(model: Model, x_real: Tensor, optimizers: Mapping[str, Optimizer]) -> dict[str, Tensor]:
    """A training step with a mistake: the loss of D also fills the gradients of G, and they stay there."""
    adam_d, adam_g = optimizers["discriminator"], optimizers["generator"]
    adam_d.zero_grad()
    adam_g.zero_grad()
    samples = model.generator(torch.randn(len(x_real), model.latent_size, device=x_real.device))  # (n, pixels)

    real, fake = model.discriminator(x_real), model.discriminator(samples)  # (n, 1) each
    of_d = -real.log().mean() - (1 - fake).log().mean()
    of_d.backward(retain_graph=True)  # goes through D, on into G
    adam_d.step()

    of_g = -model.discriminator(samples).log().mean()
    of_g.backward()  # adds to what is in G already
    adam_g.step()
    return {"discriminator": of_d, "generator": of_g}


@dataclass(frozen=True)
class Scores:
    """The mean scores that D gave in the course of a training run.

    Attributes:
        steps: after which steps it was looked.
        real: mean of D(x) over a mini-batch.
        fake: mean of D(G(z)) over as many new samples.
    """

    steps: list[int] = field(default_factory=list)
    real: list[float] = field(default_factory=list)
    fake: list[float] = field(default_factory=list)


def watch(train_step: TrainStep, scores: Scores) -> TrainStep:
    """`train_step`, which now notes D's mean scores in `scores`, after the first step and every tenth one.

    Looking changes nothing: it leaves torch's random state as it was.
    """
    taken = 0

    def watched(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> Mapping[str, Tensor | float]:
        nonlocal taken
        losses = train_step(model, x_real, optimizers)
        taken += 1
        if taken == 1 or taken % EVERY == 0:
            with torch.no_grad(), torch.random.fork_rng():
                z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
                scores.steps.append(taken)
                scores.real.append(model.discriminator(x_real).mean().item())
                scores.fake.append(model.discriminator(model.generator(z)).mean().item())
        return losses

    return watched


@dataclass(frozen=True)
class EarlyGradients:
    """What reaches G while D alone learns; one number for each step of D, the first before any of them.

    Attributes:
        scores: mean of D(G(z)).
        saturating: norm of the gradient of log(1 - D(G(z))) with respect to all parameters of G.
        non_saturating: the same for -log D(G(z)).
    """

    scores: list[float]
    saturating: list[float]
    non_saturating: list[float]


def measure_early_gradients(model: Model, loader: ImageLoader, num_steps: int = 40, lr: float = 5e-4) -> EarlyGradients:
    """Train D of the model for some steps against a G that stands still, and measure both gradients for G."""
    _, steps = apply_budget(1, num_steps)
    optimizer = Adam(model.discriminator.parameters(), lr=lr)
    parameters = list(model.generator.parameters())
    random = torch.Generator().manual_seed(0)
    measured = EarlyGradients([], [], [])
    batches = iter(loader)
    for step in range(steps + 1):
        x_real = next(batches)[0].flatten(1)  # (n, pixels)
        z = torch.randn(len(x_real), model.latent_size, generator=random).to(x_real.device)
        fake = model.discriminator(model.generator(z))  # (n, 1)
        low, high = (1 - fake).clamp(min=TINY).log().mean(), -fake.clamp(min=TINY).log().mean()
        for value, norms in ((low, measured.saturating), (high, measured.non_saturating)):
            gradients = torch.autograd.grad(value, parameters, retain_graph=True)
            norms.append(math.sqrt(sum(gradient.square().sum().item() for gradient in gradients)))
        measured.scores.append(fake.mean().item())
        if step < steps:
            optimizer.zero_grad()
            _negative_value(model.discriminator(x_real), fake).backward()  # reaches G too, but no one applies it there
            optimizer.step()
    return measured


@dataclass(frozen=True)
class OptimalGame:
    """A game on the line whose best D is known, and a D that was trained for it.

    Attributes:
        x: (points,), where everything below is given.
        data, generated: the densities p_data and p_G.
        best: D*(x) = p_data / (p_data + p_G).
        trained: D(x) of the network.
        best_value, trained_value: V(D*, G) and V(D, G).
    """

    x: Tensor
    data: Tensor
    generated: Tensor
    best: Tensor
    trained: Tensor
    best_value: float
    trained_value: float


def play_on_the_line(num_steps: int = 600, seed: int = 0) -> OptimalGame:
    """Train D between fixed densities: data from two normal distributions, samples from a third one."""
    _, steps = apply_budget(1, num_steps)
    random = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        discriminator = MLPDiscriminator(2, 1, 32)
    optimizer = Adam(discriminator.parameters(), lr=5e-3)
    for _ in range(steps):
        noise = torch.randn(2, 512, 1, generator=random)
        left = torch.rand(512, 1, generator=random) < 0.5
        real = torch.where(left, -1.8 + 0.5 * noise[0], 1.2 + 0.6 * noise[0])  # (512, 1)
        optimizer.zero_grad()
        _negative_value(discriminator(real), discriminator(0.4 + noise[1])).backward()
        optimizer.step()
    x = torch.linspace(-8, 8, 1601)
    data = 0.5 * _normal(x, -1.8, 0.5) + 0.5 * _normal(x, 1.2, 0.6)
    generated = _normal(x, 0.4, 1.0)
    best = data / (data + generated)
    with torch.no_grad():
        trained = discriminator(x[:, None])[:, 0]

    def value(scores: Tensor) -> float:
        integrand = data * scores.clamp(min=TINY).log() + generated * (1 - scores).clamp(min=TINY).log()
        return torch.trapezoid(integrand, x).item()

    return OptimalGame(x, data, generated, best, trained, value(best), value(trained))


def _negative_value(real: Tensor, fake: Tensor) -> Tensor:
    """-V(D, G) of a mini-batch, from the scores (n, 1) of real and generated: what D minimizes."""
    return -real.clamp(min=TINY).log().mean() - (1 - fake).clamp(min=TINY).log().mean()


def _normal(x: Tensor, mean: float, deviation: float) -> Tensor:
    return (-((x - mean) / deviation).square() / 2).exp() / (deviation * math.sqrt(2 * math.pi))
