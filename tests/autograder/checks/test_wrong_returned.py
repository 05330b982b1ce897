"""Kinds of returned losses that are not those that were minimized, by name."""

from pathlib import Path

import pytest

from tests.autograder.checks.designs import TWO_STEPS_OF_D, judged

pytestmark = pytest.mark.usefixtures("one_thread")

RETURNED: dict[str, tuple[str, str]] = {
    # name: (lines, mistake)
    "decibels returned": (
        "def report(d, g, a):\n    return {'discriminator': d, 'generator': g, 'autoencoder': -10 * a.log10()}",
        "returned-losses-mixed-up",
    ),
    "a moving average returned": (
        """
kept = {}
def report(d, g, a):
    for k, v in (("discriminator", d), ("generator", g), ("autoencoder", a)):
        kept[k] = 0.9 * kept.get(k, v.item()) + 0.1 * v.item()
    return dict(kept)
""",
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
        "returned-losses-stale",
    ),
    "the difference of two losses returned": (
        "def report(d, g, a):\n    return {'discriminator': d - g, 'generator': g, 'autoencoder': a}",
        "returned-losses-mixed-up",
    ),
    "all that G minimizes returned as the reconstruction error": (
        "def report(d, g, a):\n    return {'discriminator': d, 'generator': g, 'autoencoder': g + 10 * a}",
        "returned-losses-mixed-up",
    ),
    "the loss of the other side taken off": (
        "def report(d, g, a):\n    return {'discriminator': d, 'generator': g - 0.5 * d, 'autoencoder': a}",
        "returned-losses-mixed-up",
    ),
    "the total with both steps of D returned": (
        TWO_STEPS_OF_D.replace("RETURNED", "first + d + g + a"),
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
        "returned-losses-mixed-up",
    ),
    "the total returned": (
        "def report(d, g, a):\n    return {'discriminator': d + g + a, 'generator': g, 'autoencoder': a}",
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
        "returned-losses-mixed-up",
    ),
}


@pytest.mark.parametrize("name", RETURNED)
def test_returned_losses_that_are_others_lose_the_point_of_the_step_by_name(name: str, tmp_path: Path) -> None:
    lines, mistake = RETURNED[name]
    assert judged(lines, 0, tmp_path, ("train_step-16",)).outcomes["step_is_well_behaved"] == mistake
