"""Kinds of right and of wrong designs, several members each, judged on many seeds: what is wrong is told by its name.

Each member is one design of a textbook with a few lines changed, in the loss functions or in the step.
"""

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from autograder.checks.outcome import CheckEnded
from checks.gan import probes
from checks.gan.observed import LossRun, StepRun
from checks.gan.probes import STEP_LR
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

NOISY = """
def draw_labels(low, high, p):
    return low + (high - low) * torch.rand_like(p)

def d_step(model, x_real, z):
    for _ in range(STEPS_OF_D - 1):
        term(model, x_real, z).backward(); old.step(); old.zero_grad()
    return term(model, x_real, z)

def term(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, draw_labels(0.7, 1.0, p)) + bce(q, draw_labels(0.0, 0.3, q))

def configure_optimizers(model, lr):
    global old
    old = torch.optim.Adam(model.discriminator.parameters(), lr=RATE * lr, betas=(0.5, 0.999))
    return {"D": old,
            "G": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "E": torch.optim.Adam(model.encoder.parameters(), lr=lr)}
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
RIGHT = {
    "two losses of G weighed by their gradients": PROJECTED.replace("SIGN", "1"),
    "centralized gradients": """
def d_step(model, x_real, z):
    loss = discriminator_loss(model, x_real, z)
    loss.backward()
    for p in model.discriminator.parameters():
        if p.dim() > 1:
            p.grad -= p.grad.mean(1, keepdim=True)
    return loss.detach().requires_grad_()
""",
    "the mean over two steps of D returned": TWO_STEPS_OF_D.replace("RETURNED", "(first + d) / 2"),
    "a label that is another one in every fifth call": """
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.full_like(p, 1.0 if count % 5 else 0.8)) + bce(q, torch.zeros_like(q))
""",
    "noisy labels and a D that learns four times as fast": NOISY.replace("STEPS_OF_D", "1").replace("RATE", "4"),
    "noisy labels and three steps of D": NOISY.replace("STEPS_OF_D", "3").replace("RATE", "10"),
    "instance noise": "def see(x):\n    return x + 0.3 * torch.randn_like(x)",
    "clamped noise": "def see(x):\n    return (x + 0.2 * torch.randn_like(x)).clamp(0, 1)",
    "dropout on pixels": "def see(x):\n    return F.dropout(x, 0.2)",
    "a shift by one pixel": "def see(x):\n    return x.view(-1, 28, 28).roll(1, 1 + count % 2).flatten(1)",
    "brightness": "def see(x):\n    return x + 0.3 * (torch.rand(len(x), 1) - 0.5)",
    "reals and fakes rescaled alike": "def see(x):\n    return 2 * x - 1",
    "weights made anew": """
def configure_optimizers(model, lr):
    for p in model.parameters():
        if p.ndim > 1:
            torch.nn.init.xavier_normal_(p)
    return {m[0].upper(): torch.optim.Adam(getattr(model, m).parameters(), lr=lr)
            for m in ("encoder", "generator", "discriminator")}
""",
}
D_LABELS = """
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.full_like(p, REAL)) + bce(q, torch.full_like(q, FAKE))
"""


def labels(real: float, fake: float) -> str:
    return D_LABELS.replace("REAL", str(real)).replace("FAKE", str(fake))


def g_step(loss: str) -> str:
    return f"def g_step(model, z):\n    q = model.discriminator(model.generator(z))\n    return {loss}"


def error(loss: str, function: str = "autoencoder_loss") -> str:
    return f"def {function}(model, x):\n    y = model.generator(model.encoder(x))\n    return {loss}"


RIGHT |= {
    "adaptive weight of the adversarial loss": """
def train_step(model, x_real, optimizers):
    z = draw(x_real.shape[0], model.latent_size)
    optimizers["D"].zero_grad()
    d = d_step(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    g, a = g_step(model, z), a_step(model, x_real)
    last = [layer for layer in model.generator.modules() if isinstance(layer, torch.nn.Linear)][-1].weight
    of_a, of_g = (torch.autograd.grad(loss, last, retain_graph=True)[0].norm() for loss in (a, g))
    optimizers["G"].zero_grad()
    optimizers["E"].zero_grad()
    (a + (of_a / (of_g + 1e-4)).clamp(0, 1e4).detach() * g).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return report(d, g, a)
""",
    "G learns from its best samples": g_step("bce(q.flatten().topk(len(z) // 2 + 1)[0], torch.ones(len(z) // 2 + 1))"),
    "denoising": "def a_step(model, x):\n    y = model.encoder(x + 0.2 * torch.randn_like(x))\n"
    "    return F.mse_loss(model.generator(y), x)",
    "noise on the codes": "def a_step(model, x):\n    y = model.encoder(x)\n"
    "    return F.mse_loss(model.generator(y + 0.1 * torch.randn_like(y)), x)",
    "a pool of fakes": """
pool = []
def d_step(model, x_real, z):
    p, fakes = model.discriminator(x_real), model.generator(z).detach()
    for i in range(0, len(fakes), 2):
        pool.append(fakes[i].clone())
        fakes[i] = pool[int(torch.randint(len(pool), ()))]
    q = model.discriminator(fakes)
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
""",
    "labels of 0.7 and 0.3": labels(0.7, 0.3),
    "one-sided smoothing": labels(0.9, 0.0),
    "saturating loss in the step": g_step("(1 - q).log().mean()"),
    "weighted terms": "def a_step(model, x):\n    return 300 * F.mse_loss(model.generator(model.encoder(x)), x)",
}
LEARNS = "{}_learns_only_from_its_{}".format
D, G, E = LEARNS("discriminator", "loss"), LEARNS("generator", "losses"), "encoder_learns_only_from_the_reconstruction"
STEP, D_LOSS, G_LOSS = "step_is_well_behaved", "discriminator_loss_is_right", "generator_loss_is_right"
A_LOSS = "autoencoder_loss_is_right"
NO_MSE, NO_BCE, TARGET = "not-mean-squared-error", "not-binary-cross-entropy", "wrong-reconstruction-target"

WRONG: dict[str, tuple[str, str, str]] = {
    "a loss of G turned round by its weight": (PROJECTED.replace("SIGN", "4"), G, "cannot_judge"),
    # name: (lines, check, mistake)
    "reals at one half": (labels(0.5, 0.0), D, "reals-labeled-fake"),
    "reals at 0": (labels(0.0, 0.0), D, "reals-labeled-fake"),
    "fakes at one half": (labels(1.0, 0.5), D, "fakes-labeled-real"),
    "fakes at 1": (labels(1.0, 1.0), D, "fakes-labeled-real"),
    "labels swapped in the step": (labels(0.0, 1.0), D, "labels-swapped"),
    "a tensor of labels that is never refilled": (
        """
label = {}
def d_step(model, x_real, z):
    y = label.setdefault(len(x_real), torch.ones(len(x_real), 1))
    real = bce(model.discriminator(x_real), y.clone())
    y.fill_(0)
    return real + bce(model.discriminator(model.generator(z).detach()), y)
""",
        D,
        "reals-labeled-fake",
    ),
    "least squares in the step": (g_step("(q - 1).square().mean()"), G, NO_BCE),
    "the score itself in the step": (g_step("-q.mean()"), G, NO_BCE),
    "Wasserstein in the step": (
        "def g_step(model, z):\n    return -model.discriminator.net[:-1](model.generator(z)).mean()",
        G,
        NO_BCE,
    ),
    "one fake for D": (labels(1.0, 0.0).replace("generator(z)", "generator(z[:1])"), D, "fake-images-missing"),
    "decibels returned": (
        "def report(d, g, a):\n    return {'discriminator': d, 'generator': g, 'autoencoder': -10 * a.log10()}",
        STEP,
        "returned-losses-mixed-up",
    ),
    "logits on probabilities in the step": (
        g_step("F.binary_cross_entropy_with_logits(q, torch.ones_like(q))"),
        G,
        "sigmoid-applied-twice",
    ),
    "samples at one half": (g_step("bce(q, torch.full_like(q, 0.5))"), G, "generator-trained-towards-fake"),
    "the first latent vector only": (
        g_step("bce(q, torch.ones_like(q))").replace("generator(z)", "generator(z[:1])"),
        G,
        "given-z-not-used",
    ),
    "the first image only, for D": (
        labels(1.0, 0.0).replace("discriminator(x_real)", "discriminator(x_real[:1])"),
        D,
        "real-images-missing",
    ),
    "the first image only, reconstructed": (error("F.mse_loss(y[:1], x[:1])", "a_step"), G, TARGET),
    "half of the images reconstructed in the step": (error("F.mse_loss(y[::2], x[::2])", "a_step"), G, TARGET),
    "an old G": (
        """
import copy
first = []
def d_step(model, x_real, z):
    first.append(copy.deepcopy(model.generator))
    p, q = model.discriminator(x_real), model.discriminator(first[0](z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
""",
        D,
        "fake-images-missing",
    ),
    "only reals rescaled": (
        "def see(x):\n    return 2 * x - 1\ndef see_fake(x):\n    return x",
        D,
        "real-images-altered",
    ),
    "root of D's loss": (
        """
def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return (bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))).sqrt()
""",
        D_LOSS,
        NO_BCE,
    ),
    "decibels": (error("10 * F.mse_loss(y, x).log10()"), A_LOSS, NO_MSE),
    "logarithm": (error("F.mse_loss(y, x).log()"), A_LOSS, NO_MSE),
    "square": (error("F.mse_loss(y, x) ** 2"), A_LOSS, NO_MSE),
    "root": (error("F.mse_loss(y, x).sqrt()"), A_LOSS, NO_MSE),
    "cosine": (error("1 - F.cosine_similarity(y, x).mean()"), A_LOSS, NO_MSE),
    "Huber": (error("F.huber_loss(y, x, delta=0.1)"), A_LOSS, NO_MSE),
    "absolute": (error("F.l1_loss(y, x)"), A_LOSS, NO_MSE),
    "cross-entropy": (error("F.binary_cross_entropy(y, x)"), A_LOSS, NO_MSE),
    "foreground": (error("((1 + 9 * (x > 0.5)) * (y - x).square()).mean()"), A_LOSS, NO_MSE),
    "Kullback-Leibler": (
        error("F.kl_div((y / y.sum(1, True)).log(), x / x.sum(1, True), reduction='batchmean')"),
        A_LOSS,
        NO_MSE,
    ),
    "standardized": (error("F.mse_loss(y, (x - 0.13) / 0.31)"), A_LOSS, TARGET),
    "blurred": (error("F.mse_loss(y, F.avg_pool2d(x.view(-1, 1, 28, 28), 3, 1, 1).flatten(1))"), A_LOSS, TARGET),
    "first image": (error("F.mse_loss(y[:1], x[:1])"), A_LOSS, TARGET),
    "half of the images": (error("F.mse_loss(y[: (len(x) + 1) // 2], x[: (len(x) + 1) // 2])"), A_LOSS, TARGET),
    "half of the images for D": (
        """
def discriminator_loss(model, x_real, z):
    p = model.discriminator(x_real[: (len(x_real) + 1) // 2])
    q = model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
""",
        D_LOSS,
        "real-images-missing",
    ),
    "half of the latent vectors": (
        """
def generator_loss(model, z):
    q = model.discriminator(model.generator(z[: (len(z) + 1) // 2]))
    return bce(q, torch.ones_like(q))
""",
        G_LOSS,
        "given-z-not-used",
    ),
    "softmax over one score": (
        """
def generator_loss(model, z):
    q = model.discriminator(model.generator(z)).softmax(1)
    return bce(q, torch.ones_like(q))
""",
        G_LOSS,
        "loss-detached",
    ),
    "one number for all dimensions": (
        "def draw(n, k):\n    return torch.randn(n, 1).expand(n, k)",
        STEP,
        "z-wrong-shape",
    ),
    "halves of the batch equal": (
        "def draw(n, k):\n    return torch.randn((n + 1) // 2, k).repeat(2, 1)[:n]",
        STEP,
        "z-one-vector-for-the-batch",
    ),
    "two draws in turn": (
        "def draw(n, k):\n    return torch.randn(n, k, generator=torch.Generator().manual_seed(count % 2))",
        STEP,
        "z-constant",
    ),
    "a moving average returned": (
        """
kept = {}
def report(d, g, a):
    for k, v in (("discriminator", d), ("generator", g), ("autoencoder", a)):
        kept[k] = 0.9 * kept.get(k, v.item()) + 0.1 * v.item()
    return dict(kept)
""",
        STEP,
        "returned-losses-stale",
    ),
    "the mean of all calls so far returned": (
        """
kept, calls = {}, 0
def report(d, g, a):
    global calls
    calls += 1
    for k, v in (("discriminator", d), ("generator", g), ("autoencoder", a)):
        kept[k] = kept.get(k, 0.0) + v.item()
    return {k: v / calls for k, v in kept.items()}
""",
        STEP,
        "returned-losses-stale",
    ),
    "the mean of all calls so far and of what a class had before returned": (
        """
class Meter:
    def __init__(self):
        self.n, self.mean = 7, 2.5
    def add(self, value):
        self.n += 1
        self.mean += (value - self.mean) / self.n
        return self.mean
meters = {"discriminator": Meter(), "generator": Meter(), "autoencoder": Meter()}
def report(d, g, a):
    return {k: meters[k].add(v.item()) for k, v in (("discriminator", d), ("generator", g), ("autoencoder", a))}
""",
        STEP,
        "returned-losses-stale",
    ),
    "the difference of two losses returned": (
        "def report(d, g, a):\n    return {'discriminator': d - g, 'generator': g, 'autoencoder': a}",
        STEP,
        "returned-losses-mixed-up",
    ),
    "the loss of the other side taken off": (
        "def report(d, g, a):\n    return {'discriminator': d, 'generator': g - 0.5 * d, 'autoencoder': a}",
        STEP,
        "returned-losses-mixed-up",
    ),
    "the total with both steps of D returned": (
        TWO_STEPS_OF_D.replace("RETURNED", "first + d + g + a"),
        STEP,
        "returned-losses-mixed-up",
    ),
    "G's loss returned for D's, and a tenth of it minimized": (
        """
def g_step(model, z):
    q = model.discriminator(model.generator(z))
    return 0.1 * bce(q, torch.ones_like(q))

def report(d, g, a):
    return {"discriminator": 10 * g, "generator": 10 * g, "autoencoder": a}
""",
        STEP,
        "returned-losses-mixed-up",
    ),
    "the total returned": (
        "def report(d, g, a):\n    return {'discriminator': d + g + a, 'generator': g, 'autoencoder': a}",
        STEP,
        "returned-losses-mixed-up",
    ),
    "a mean score returned": (
        """
def d_step(model, x_real, z):
    global score
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    score = p.mean()
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def report(d, g, a):
    return {"discriminator": score, "generator": g, "autoencoder": a}
""",
        STEP,
        "returned-losses-mixed-up",
    ),
    "a model of another cell": (
        """
from course_utils.models import Model
other = Model(2, 784, 256, 64)
def draw(n, k):
    return torch.randn(n, 64)
def d_step(model, x_real, z):
    return discriminator_loss(other, x_real, z)
def g_step(model, z):
    return generator_loss(other, z)
def a_step(model, x_real):
    return autoencoder_loss(other, x_real)
""",
        D,
        "given-model-not-trained",
    ),
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in the sandbox: processes of one thread can be copied for the experiments."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass
class Judged:
    """What the checks of losses and steps say: passed, cannot_judge, or the name of the mistake; and in which words."""

    outcomes: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def judged(lines: str, seed: int, folder: Path, names: tuple[str, ...]) -> Judged:
    """Judge the textbook's design with these lines after it, on some of the probes of a seed."""
    solution = types.ModuleType("solution")
    exec(TEXTBOOK + lines, vars(solution))
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
            probe = probes.step_probe(sizes, batch, STEPS[number], STEP_LR, random)
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
            else:
                found.outcomes[name.removeprefix("test_")] = "passed"
    return found


def needed(lines: str) -> tuple[str, ...]:
    """The probes that such lines show on: those of a step are seen in steps only."""
    in_losses = any(f"def {loss}_loss" in lines for loss in LOSSES)
    return ("losses-16",) if in_losses and "_step" not in lines else ("train_step-16",)


@pytest.mark.parametrize("name", RIGHT)
def test_right_designs_pass(name: str, tmp_path: Path) -> None:
    outcomes = judged(RIGHT[name], 0, tmp_path, ("train_step-16", "train_step-7")).outcomes
    assert set(outcomes.values()) == {"passed"}, outcomes
    assert len(outcomes) == 4


@pytest.mark.parametrize("name", [name for name in RIGHT if name.startswith("noisy")])
def test_no_noisy_label_accuses_on_any_of_forty_seeds(name: str, tmp_path: Path) -> None:
    for seed in range(100, 140):
        outcomes = judged(RIGHT[name], seed, tmp_path, ("train_step-7",)).outcomes
        assert set(outcomes.values()) == {"passed"}, (seed, outcomes)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_designs_lose_the_point_of_their_check_by_name(name: str, tmp_path: Path) -> None:
    lines, check, mistake = WRONG[name]
    assert judged(lines, 0, tmp_path, needed(lines)).outcomes[check] == mistake


def test_a_message_says_which_labels_were_seen(tmp_path: Path) -> None:
    words = judged(WRONG["reals at one half"][0], 1, tmp_path, ("train_step-16",)).words
    assert "the labels of real images are 0.50, expected 1" in words[D]
