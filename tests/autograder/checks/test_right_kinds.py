"""Kinds of right designs, several members each, pass on many seeds."""

from pathlib import Path

import pytest

from tests.autograder.checks.designs import PROJECTED, TWO_STEPS_OF_D, g_step, judged, labels

pytestmark = pytest.mark.usefixtures("one_thread")

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

SOME_IMAGES = """
def d_step(model, x_real, z):
    chosen = CHOSEN
    p, q = model.discriminator(x_real[chosen]), model.discriminator(model.generator(z[chosen]).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))
"""
HALF = "torch.randperm(len(x_real))[: max(1, len(x_real) // 2)]"
BY_COIN = "torch.cat([torch.zeros(1).long(), 1 + (torch.rand(len(x_real) - 1) < 0.5).nonzero().flatten()])"

BY_HAND = """
def train_step(model, x_real, optimizers):
    for optimizer in optimizers.values():
        optimizer.zero_grad()
    z = draw(x_real.shape[0], model.latent_size)
    g = g_step(model, z)
    g.backward()
    optimizers["D"].zero_grad()
    d = d_step(model, x_real, z)
    d.backward()
    code = model.encoder(x_real)
    at_code = code.detach().requires_grad_()
    image = model.generator(at_code)
    at_image = JOINT
    a = F.mse_loss(at_image, x_real)
    a.backward()
    if at_image is not image:
        image.backward(at_image.grad)
    code.backward(at_code.grad)
    for optimizer in optimizers.values():
        optimizer.step()
    return report(d, g, a)
"""


def see(images: str) -> str:
    """What D sees of its images, y, of which each has rows and columns."""
    return f"def see(x):\n    y = x.view(len(x), round(x.shape[1] ** 0.5), -1)\n    return ({images}).flatten(1)"


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
    "a gradient handed on to E by hand": BY_HAND.replace("JOINT", "image"),
    "gradients handed on to G and to E by hand": BY_HAND.replace("JOINT", "image.detach().requires_grad_()"),
    "the mean over two steps of D returned": TWO_STEPS_OF_D.replace("RETURNED", "(first + d) / 2"),
    "a label that is another one in every fifth call": """
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.full_like(p, 1.0 if count % 5 else 0.8)) + bce(q, torch.zeros_like(q))
""",
    "noisy labels and a D that learns four times as fast": NOISY.replace("STEPS_OF_D", "1").replace("RATE", "4"),
    "noisy labels and three steps of D": NOISY.replace("STEPS_OF_D", "3").replace("RATE", "10"),
    "labels flipped now and then": """
def d_step(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z))
    flipped = torch.rand(len(p), 2) < 0.1
    return bce(p, (~flipped[:, :1]).float()) + bce(q, flipped[:, 1:].float())
""",
    "instance noise": "def see(x):\n    return x + 0.3 * torch.randn_like(x)",
    "clamped noise": "def see(x):\n    return (x + 0.2 * torch.randn_like(x)).clamp(0, 1)",
    "dropout on pixels": "def see(x):\n    return F.dropout(x, 0.2)",
    "a shift by one pixel": see("y.roll(1, 1 + count % 2)"),
    "shifts into black": see("F.pad(y, (count % 5 - 2, 2 - count % 5, 1, -1))"),
    "images mirrored at random": see("torch.where(torch.rand(len(x), 1, 1) < 0.5, y.flip(2), y)"),
    "crops": see("F.interpolate(y[:, None, 3:, 2:-1], y.shape[1:], mode='bilinear')[:, 0]"),
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
    "a half of the images for D, drawn anew in each step": SOME_IMAGES.replace("CHOSEN", HALF),
    "some of the images for D, each by a coin": SOME_IMAGES.replace("CHOSEN", BY_COIN),
    "labels of 0.7 and 0.3": labels(0.7, 0.3),
    "one-sided smoothing": labels(0.9, 0.0),
    "cross-entropies made image by image, with noisy labels": """
def d_step(model, x_real, z):
    total = 0
    for x, fake in zip(x_real.split(1), model.generator(z).detach().split(1)):
        p, q = model.discriminator(x), model.discriminator(fake)
        total = total + bce(p, 0.8 + 0.4 * torch.rand_like(p).clamp(max=0.5)) + bce(q, 0.3 * torch.rand_like(q))
    return total / len(z)

def g_step(model, z):
    return -torch.stack([model.discriminator(model.generator(one)).log().mean() for one in z.split(1)]).mean()
""",
    "a weight that follows the scores, by pieces of two images": """
def g_step(model, z):
    scores = [model.discriminator(model.generator(two)) for two in z.split(2)]
    weight = 1 + torch.cat(scores).mean().item()
    return weight * sum(bce(q, torch.ones_like(q)) * len(q) for q in scores) / len(z)
""",
    "saturating loss in the step": g_step("(1 - q).log().mean()"),
    "weighted terms": "def a_step(model, x):\n    return 300 * F.mse_loss(model.generator(model.encoder(x)), x)",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_designs_pass(name: str, tmp_path: Path) -> None:
    outcomes = judged(RIGHT[name], 0, tmp_path, ("train_step-16", "train_step-7")).outcomes
    assert set(outcomes.values()) == {"passed"}, outcomes
    assert len(outcomes) == 4


@pytest.mark.parametrize("name", [name for name in RIGHT if "of the images for D" in name])
def test_images_that_chance_leaves_out_accuse_on_none_of_four_seeds(name: str, tmp_path: Path) -> None:
    for seed in range(100, 104):
        outcomes = judged(RIGHT[name], seed, tmp_path, ("train_step-16",)).outcomes
        assert set(outcomes.values()) == {"passed"}, (seed, outcomes)


@pytest.mark.parametrize("name", [name for name in RIGHT if name.startswith("noisy")])
def test_no_noisy_label_accuses_on_any_of_forty_seeds(name: str, tmp_path: Path) -> None:
    for seed in range(100, 140):
        outcomes = judged(RIGHT[name], seed, tmp_path, ("train_step-7",)).outcomes
        assert set(outcomes.values()) == {"passed"}, (seed, outcomes)


def test_no_flipped_label_of_a_single_image_accuses(tmp_path: Path) -> None:
    for seed in (105, 108, 115, 116, 126):  # on which the mini-batch of one image has flipped labels of samples alone
        outcomes = judged(
            RIGHT["labels flipped now and then"], seed, tmp_path, ("train_step-7", "train_step-1")
        ).outcomes
        assert set(outcomes.values()) == {"passed"}, (seed, outcomes)


@pytest.mark.parametrize(("swapped", "by_chance"), [("count % 3", True), ("count", False)])
def test_labels_that_only_some_steps_have_wrong_are_decided_by_a_second_run(
    swapped: str, by_chance: bool, tmp_path: Path
) -> None:
    check = "discriminator_learns_only_from_its_loss"
    for real, fake in ((f"not {swapped}", swapped), ("1", swapped)):
        found = judged(labels(f"float(bool({real}))", f"float(bool({fake}))"), 0, tmp_path / real, ("train_step-16",))
        assert found.outcomes[check] not in ("passed", "cannot_judge")
        assert found.near == ({check} if by_chance else set())
