"""Designs at the border of what the homework asks for pass or go to a person; their wrong neighbours fail by name."""

from pathlib import Path

import pytest

from tests.autograder.checks.designs import g_step, judged

pytestmark = pytest.mark.usefixtures("one_thread")

D = "discriminator_learns_only_from_its_loss"
G = "generator_learns_only_from_its_losses"
E = "encoder_learns_only_from_the_reconstruction"
STEP = "step_is_well_behaved"


def added(term: str) -> str:
    """A term that stands beside G's loss in the step; `images` are those of the mini-batch."""
    return IMAGES + g_step(f"bce(q, torch.ones_like(q)) + {term}")


def instead(loss: str) -> str:
    return IMAGES + f"def g_step(model, z):\n    return {loss}"


def finally_(lines: str) -> str:
    """What is done when the optimizers have stepped."""
    indented = "".join(f"    {line}\n" for line in lines.strip().splitlines())
    return f"kept = []\ndef finish(model):\n{indented}" + AROUND_THE_STEP


AROUND_THE_STEP = """
textbook = train_step
def train_step(model, x_real, optimizers):
    losses = textbook(model, x_real, optimizers)
    finish(model)
    return losses
"""
IMAGES = """
textbook = train_step
def train_step(model, x_real, optimizers):
    global images
    images = x_real
    return textbook(model, x_real, optimizers)

def features(model, x):
    return model.discriminator.net[:-2](x)
"""
CLIMB = """
def train_step(model, x_real, optimizers):
    z = draw(x_real.shape[0], model.latent_size)
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    ps = list(model.discriminator.parameters())
    ways = [0.05 * p.grad / torch.stack([p.grad.norm() for p in ps]).norm() for p in ps]
    with torch.no_grad():
        for p, way in zip(ps, ways):
            p += way
    model.zero_grad()
    discriminator_loss(model, x_real, z).backward()
    with torch.no_grad():
        for p, way in zip(ps, ways):
            p -= BACK * way
    optimizers["D"].step()
    model.zero_grad()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g + 10 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return report(d, g, a)
"""
OWN_CLASS = """
def configure_optimizers(model, lr):
    torch.optim.Adam(model.parameters()).step()  # torch looks at the steps of a class from its first object on
    return {m[0].upper(): Own(getattr(model, m).parameters(), lr) for m in ("encoder", "generator", "discriminator")}
"""
PASSES = {
    "sharpness-aware steps": CLIMB.replace("BACK", "1"),
    "an optimizer around another one": """
class Own(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})
        self.base = torch.optim.Adam(self.param_groups, lr=lr)
        self.param_groups = self.base.param_groups

    def step(self, closure=None):
        return self.base.step(closure)
"""
    + OWN_CLASS,
    "optimistic Adam, derived from Adam": """
class Own(torch.optim.Adam):
    def step(self, closure=None):
        ps = self.param_groups[0]["params"]
        before = [p.detach().clone() for p in ps]
        super().step(closure)
        for p, old in zip(ps, before):
            way = p.detach() - old
            p.data += way - self.state[p].get("last way", way)
            self.state[p]["last way"] = way
"""
    + OWN_CLASS,
}
PERSON = {
    # name: (lines, the checks that are for a person)
    "feature matching": (added("F.mse_loss(features(model, model.generator(z)), features(model, images))"), {G}),
    "features of reconstructions beside the pixels": (
        IMAGES + "def a_step(model, x):\n    y = model.generator(model.encoder(x))\n"
        "    return F.mse_loss(y, x) + F.mse_loss(features(model, y), features(model, x).detach())",
        {G, E},
    ),
    "diversity": (added("-0.5 * model.generator(z).std(0).mean()"), {G}),
    "total variation": (added("0.1 * model.generator(z).diff(dim=1).abs().mean()"), {G}),
    "norms of weights": (added("0.01 * sum(p.norm() for p in model.generator.parameters())"), {G}),
    "a mean of the last weights": (
        finally_("""
kept.append([p.detach().clone() for p in model.parameters()])
if len(kept) == 3:
    for p, *places in zip(model.parameters(), *kept):
        p.data.copy_(torch.stack(places).mean(0))
    kept.clear()
"""),
        {STEP},
    ),
}
WRONG = {
    # name: (lines, check, mistake)
    "feature matching alone": (
        instead("F.mse_loss(features(model, model.generator(z)), features(model, images))"),
        G,
        "generator-not-trained-by-its-loss",
    ),
    "samples drawn to images": (
        instead("F.mse_loss(model.generator(z), images)"),
        G,
        "generator-not-trained-by-its-loss",
    ),
    "features of reconstructions in place of the pixels": (
        IMAGES + "def a_step(model, x):\n    y = model.generator(model.encoder(x))\n"
        "    return F.mse_loss(features(model, y), features(model, x).detach())",
        E,
        "not-mean-squared-error",
    ),
    "a climb that is not taken back": (CLIMB.replace("BACK", "0"), STEP, "updates-not-from-gradients"),
    "the weights of the beginning put back": (
        "from copy import deepcopy\n"
        + AROUND_THE_STEP.replace("losses =", "start = deepcopy(model.generator.state_dict())\n    losses =").replace(
            "finish(model)", "model.generator.load_state_dict(start)"
        ),
        STEP,
        "updates-not-from-gradients",
    ),
    "random weights mixed in": (
        finally_("for p in model.generator.parameters():\n    p.data.lerp_(torch.randn_like(p) * p.std(), 0.1)"),
        STEP,
        "updates-not-from-gradients",
    ),
    "a second step by hand": (
        finally_("for p in model.encoder.parameters():\n    p.data -= 1e-3 * p.grad"),
        STEP,
        "updates-not-from-gradients",
    ),
    "reconstructions taken for real": (
        "def d_step(model, x_real, z):\n"
        "    return discriminator_loss(model, model.generator(model.encoder(x_real)).detach(), z)",
        D,
        "real-images-missing",
    ),
    "scores of real images as labels of G": (
        IMAGES + g_step("bce(q, model.discriminator(images).detach())"),
        G,
        "not-binary-cross-entropy",
    ),
}
PROBE = "train_step-7"


@pytest.mark.parametrize("name", PASSES)
def test_steps_that_optimizers_take_in_two_parts_pass(name: str, tmp_path: Path) -> None:
    outcomes = judged(PASSES[name], 0, tmp_path, (PROBE,)).outcomes
    assert set(outcomes.values()) == {"passed"}, outcomes
    assert len(outcomes) == 4


@pytest.mark.parametrize("name", PERSON)
def test_what_stands_beside_right_losses_is_for_a_person_and_fails_nothing(name: str, tmp_path: Path) -> None:
    lines, checks = PERSON[name]
    outcomes = judged(lines, 0, tmp_path, (PROBE,)).outcomes
    expected = {check: "cannot_judge" if check in checks else "passed" for check in (STEP, D, G, E)}
    assert outcomes == expected


@pytest.mark.parametrize("name", WRONG)
def test_wrong_neighbours_fail_by_name(name: str, tmp_path: Path) -> None:
    lines, check, mistake = WRONG[name]
    assert judged(lines, 0, tmp_path, (PROBE,)).outcomes[check] == mistake
