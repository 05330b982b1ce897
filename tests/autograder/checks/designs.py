"""A textbook's design of the step and its losses, with a few lines changed, judged in this process.

The lines replace loss functions, or parts of the step: `see`, `draw`, `d_step`, `g_step`, `a_step` and `report`.
"""

import types
from dataclasses import dataclass, field
from pathlib import Path

import torch

from autograder.checks.outcome import CheckEnded
from checks.gan import probes
from checks.gan.observed import LossRun, StepRun
from checks.gan.probes import STEP_IMAGES, STEP_LR
from checks.hw2 import test_losses, test_train_step
from checks.hw2.probes import LOSS_SIZES, STEPS
from course_utils.gan.probe import LOSSES, run_probe
from coursekit.trace import read_trace

TEXTBOOK = """
import torch
import torch.nn.functional as F
from torch.nn.functional import binary_cross_entropy as bce

count = 0

def see(x):
    return x

def see_fake(x):
    return see(x)

def draw(n, k):
    return torch.randn(n, k)

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def d_step(model, x_real, z):
    p, q = model.discriminator(see(x_real)), model.discriminator(see_fake(model.generator(z).detach()))
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def g_step(model, z):
    q = model.discriminator(see_fake(model.generator(z)))
    return bce(q, torch.ones_like(q))

def a_step(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def report(d, g, a):
    return {"discriminator": d, "generator": g, "autoencoder": a}

def train_step(model, x_real, optimizers):
    global count
    count += 1
    z = draw(x_real.shape[0], model.latent_size)
    optimizers["D"].zero_grad()
    d = d_step(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    g, a = g_step(model, z), a_step(model, x_real)
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return report(d, g, a)
"""

TWO_STEPS_OF_D = """
def configure_optimizers(model, lr):
    global old
    old = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    return {"D": old,
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def d_step(model, x_real, z):
    global first
    first = discriminator_loss(model, x_real, z)
    first.backward(); old.step(); old.zero_grad()
    return discriminator_loss(model, x_real, z)

def report(d, g, a):
    return {"discriminator": RETURNED, "generator": g, "autoencoder": a}
"""

PROJECTED = """
def train_step(model, x_real, optimizers):
    z = draw(x_real.shape[0], model.latent_size)
    model.zero_grad()
    d = d_step(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    model.zero_grad()
    g, a = g_step(model, z), a_step(model, x_real)
    own = list(model.generator.parameters())
    up = torch.cat([v.flatten() for v in torch.autograd.grad(g, own)])
    (30 * a).backward()
    down = torch.cat([p.grad.flatten() for p in own])
    left = up - (1.5 * up.norm() / down.norm()) * down * SIGN  # more than a projection, so that it always shows
    whole = left + 3 * up.norm() / down.norm() * down
    for p, gradient in zip(own, whole.split([p.numel() for p in own])):
        p.grad = gradient.view_as(p)
    optimizers["G"].step()
    optimizers["E"].step()
    return report(d, g, a)
"""

D_LABELS = """
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.full_like(p, REAL)) + bce(q, torch.full_like(q, FAKE))
"""


def labels(real: float | str, fake: float | str) -> str:
    return D_LABELS.replace("REAL", str(real)).replace("FAKE", str(fake))


def g_step(loss: str) -> str:
    return f"def g_step(model, z):\n    q = model.discriminator(model.generator(z))\n    return {loss}"


@dataclass
class Judged:
    """What the checks of losses and steps say: passed, cannot_judge, or the name of the mistake; in which words; and
    what a second run would decide."""

    outcomes: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    near: set[str] = field(default_factory=set)


def solution_of(lines: str) -> types.ModuleType:
    """The textbook's design with these lines after it."""
    solution = types.ModuleType("solution")
    exec(TEXTBOOK + lines, vars(solution))
    return solution


def judged(lines: str, seed: int, folder: Path, names: tuple[str, ...]) -> Judged:
    """Judge the textbook's design with these lines after it, on some of the probes of a seed."""
    solution = solution_of(lines)
    random = torch.Generator().manual_seed(seed)
    found = Judged()
    steps: list[StepRun] = []
    runs: dict[str, list[LossRun]] = {loss: [] for loss in LOSSES}
    for name in names:
        kind, _, number = name.partition("-")
        batch, sizes = LOSS_SIZES[f"losses-{number}"]
        if kind == "losses":
            probe = probes.losses_probe(sizes, batch, random)
        else:
            probe = probes.step_probe(sizes | STEP_IMAGES, batch, STEPS[number], STEP_LR, random)
        run_probe(probe, vars(solution), folder / str(seed) / name)
        if kind == "losses":
            for loss in LOSSES:
                runs[loss].append(LossRun(loss, name, probe, read_trace(folder / str(seed) / name / loss)))
        else:
            steps.append(StepRun(name, probe, read_trace(folder / str(seed) / name)))
    for module, arguments in ((test_losses, runs), (test_train_step, {"step": steps})):
        for name, check in vars(module).items():
            argument = next((found for key, found in arguments.items() if name.startswith(f"test_{key}")), None)
            if module is test_train_step:
                argument = steps
            if not name.startswith("test_") or not argument:
                continue
            try:
                check(tuple(argument))
            except CheckEnded as ended:
                found.outcomes[name.removeprefix("test_")] = ended.mistake or ended.outcome
                found.words[name.removeprefix("test_")] = ended.rationale
                found.near |= {name.removeprefix("test_")} if ended.near_threshold else set()
            else:
                found.outcomes[name.removeprefix("test_")] = "passed"
    return found
