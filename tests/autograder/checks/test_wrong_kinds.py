"""Kinds of wrong designs, several members each, lose the point of their check by the name of what is wrong."""

from pathlib import Path

import pytest

from course_utils.gan.probe import LOSSES
from tests.autograder.checks.designs import PROJECTED, g_step, judged, labels

pytestmark = pytest.mark.usefixtures("one_thread")

LEARNS = "{}_learns_only_from_its_{}".format
D, G, E = LEARNS("discriminator", "loss"), LEARNS("generator", "losses"), "encoder_learns_only_from_the_reconstruction"
STEP, D_LOSS, G_LOSS = "step_is_well_behaved", "discriminator_loss_is_right", "generator_loss_is_right"
A_LOSS = "autoencoder_loss_is_right"
NO_MSE, NO_BCE, TARGET = "not-mean-squared-error", "not-binary-cross-entropy", "wrong-reconstruction-target"


def error(loss: str, function: str = "autoencoder_loss") -> str:
    return f"def {function}(model, x):\n    y = model.generator(model.encoder(x))\n    return {loss}"


def d_step_of(reals: str, samples: str) -> str:
    """D's loss of scores p of real images and q of samples, with the losses of single images as `of_p` and `of_q`."""
    return f"""
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    of_p, of_q = -p.log(), -(1 - q).log()
    half = max(1, len(z) // 2)
    return {reals} + {samples}
"""


def by_image(loss: str, function: str, size: int = 1) -> str:
    """G's loss as a mean over pieces of the mini-batch, with D's scores `q` of the samples of a piece."""
    return f"""
def {function}(model, z):
    pieces = []
    for piece in z.split({size}):
        q = model.discriminator(model.generator(piece))
        pieces.append({loss} * len(piece) / len(z))
    return sum(pieces)
"""


WRONG: dict[str, tuple[str, str, str]] = {
    # name: (lines, check, mistake)
    "a loss of G turned round by its weight": (PROJECTED.replace("SIGN", "4"), G, "cannot_judge"),
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
    "the hardest half of the samples, for D": (d_step_of("of_p.mean()", "of_q.topk(half, 0)[0].mean()"), D, NO_BCE),
    "the easiest half of the real images, for D": (
        d_step_of("of_p.topk(half, 0, largest=False)[0].mean()", "of_q.mean()"),
        D,
        NO_BCE,
    ),
    "real images that D takes for real already left out": (
        d_step_of("(of_p * (p < p.median())).mean()", "of_q.mean()"),
        D,
        NO_BCE,
    ),
    "Wasserstein, image by image": (by_image("-q.mean()", "generator_loss"), G_LOSS, NO_BCE),
    "Wasserstein, image by image in the step": (by_image("-q.mean()", "g_step"), G, NO_BCE),
    "Wasserstein, by threes": (by_image("-q.mean()", "g_step", 3), G, NO_BCE),
    "least squares, by twos": (by_image("(q - 1).square().mean()", "generator_loss", 2), G_LOSS, NO_BCE),
    "logits on probabilities, image by image": (
        by_image("F.binary_cross_entropy_with_logits(q, torch.ones_like(q))", "generator_loss"),
        G_LOSS,
        "sigmoid-applied-twice",
    ),
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
    "scores cut off by G": (
        """
def generator_loss(model, z):
    q = model.discriminator(model.generator(z)).clamp(0.3, 0.7)
    return bce(q, torch.ones_like(q))
""",
        G_LOSS,
        NO_BCE,
    ),
    "scores cut off by D": (
        """
def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return -p.clamp(0.2, 0.8).log().mean() - (1 - q.clamp(0.2, 0.8)).log().mean()
""",
        D_LOSS,
        NO_BCE,
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
    "G's loss of detached samples, left in D": (
        """
def d_step(model, x_real, z):
    q = model.discriminator(model.generator(z).detach())
    bce(q, torch.ones_like(q)).backward()
    return discriminator_loss(model, x_real, z)
""",
        D,
        "discriminator-moved-by-generator-loss",
    ),
    "one number that is never drawn": (
        "def draw(n, k):\n    z = torch.randn(n, k)\n    z[:, 0] = 1.0\n    return z",
        STEP,
        "z-not-standard-normal",
    ),
    "signs": ("def draw(n, k):\n    return torch.randn(n, k).sign()", STEP, "z-not-standard-normal"),
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


def needed(lines: str) -> tuple[str, ...]:
    """The probes that such lines show on: those of a step are seen in steps only."""
    in_losses = any(f"def {loss}_loss" in lines for loss in LOSSES)
    return ("losses-16",) if in_losses and "_step" not in lines else ("train_step-16",)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_designs_lose_the_point_of_their_check_by_name(name: str, tmp_path: Path) -> None:
    lines, check, mistake = WRONG[name]
    assert judged(lines, 0, tmp_path, needed(lines)).outcomes[check] == mistake


def test_a_message_says_which_labels_were_seen(tmp_path: Path) -> None:
    words = judged(WRONG["reals at one half"][0], 1, tmp_path, ("train_step-16",)).words
    assert "the labels of real images are 0.50, expected 1" in words[D]


@pytest.mark.parametrize(
    ("loss", "outcome"),
    [
        ("((y - x) ** 2).sum(1).div(x.shape[1]).mean()", "passed"),
        ("((y - x) ** 2).sum() / (784 * len(x))", "sizes-hard-coded"),
        ("0.5 * ((y - x) ** 2).sum(1).mean()", "sum-instead-of-mean"),
    ],
)
def test_the_weight_of_the_reconstruction_error_does_not_depend_on_the_pixels(
    loss: str, outcome: str, tmp_path: Path
) -> None:
    assert judged(error(loss), 0, tmp_path, ("losses-16", "losses-7")).outcomes[A_LOSS] == outcome
