"""The visible checks of the exercises in the class lab on generative adversarial networks.

This is course material for a lab: nothing is graded, and nothing is recorded. Each check tries a student's function on
small examples and says at once what was seen. It accepts any way of writing it: what it compares with is computed in a
way of its own.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from course_utils.labs.feedback import Surprise, expect_close, expect_gradient, expect_tensor, report
from course_utils.labs.gan import RADIUS, SIGMA, ring_centers
from course_utils.models import Model

RATE = 0.5  # learning rate of the plain gradient descent with which the step of D is tried


def generator_loss(generator_loss: Callable[..., object]) -> None:
    """Try `generator_loss(model, z)` on a small model."""
    report("generator_loss", lambda: _look_at_generator_loss(generator_loss))


def discriminator_step(discriminator_step: Callable[..., object]) -> None:
    """Try `discriminator_step(model, x_real, z, optimizer)` on a small model that an update of G has left behind."""
    report("discriminator_step", lambda: _look_at_discriminator_step(discriminator_step))


def count_covered_modes(count_covered_modes: Callable[..., object]) -> None:
    """Try `count_covered_modes(points, centers, sigma)` on points whose modes are known."""
    report("count_covered_modes", lambda: _look_at_count(count_covered_modes))


def instance_noise(noise_class: Callable[[float], nn.Module]) -> None:
    """Try a module `InstanceNoise(std)` on images whose noise can be measured."""
    report("InstanceNoise", lambda: _look_at_noise(noise_class))


def _look_at_generator_loss(generator_loss: Callable[..., object]) -> str:
    name = "generator_loss"
    for n in (12, 5):
        model, _, z = _small_example(n)
        hint = "Average over the mini-batch, and return the tensor itself, without .item()."
        value = expect_tensor(name, generator_loss(model, z), (), hint)
        with torch.no_grad():
            logits = model.discriminator.net[:-1](model.generator(z))  # (n, 1)
            to_real, to_fake = nn.functional.softplus(-logits), nn.functional.softplus(logits)
        slips = {
            "This is the saturating loss, the mean of log(1 - D(G(z))). Use the other one.": -to_fake.mean(),
            "This is low when D recognizes the samples. G wants D to take them for real: the label is 1.": (
                to_fake.mean()
            ),
            "The sign is wrong: this falls when D recognizes the samples. Put a minus before the logarithm.": (
                -to_real.mean()
            ),
            "This is the sum over the mini-batch. Take the mean.": to_real.sum(),
            "This is the mean of D(G(z)) itself, with a minus. Take the logarithm.": -torch.sigmoid(logits).mean(),
            "This is the logarithm of the mean score. Take the mean of the logarithms.": (
                -torch.sigmoid(logits).mean().log()
            ),
        }
        hint = "It is the mean of -log D(G(z)), which is the cross-entropy of the scores of samples towards 1."
        expect_close(name, value, to_real.mean(), slips, hint)
        expect_gradient(name, value, {"G": model.generator}, "Is a sample detached on its way? Here it must not be.")
    return f"{name} gives {value.item():.4f} for {n} samples, as expected; its gradient reaches G through D."


def _look_at_discriminator_step(discriminator_step: Callable[..., object]) -> str:
    name = "discriminator_step"
    for n in (12, 5):
        model, x_real, z = _small_example(n)
        networks = {"E": model.encoder, "G": model.generator, "D": model.discriminator}
        optimizer = torch.optim.SGD(model.discriminator.parameters(), lr=RATE)
        before = {key: _flat(network.parameters()) for key, network in networks.items()}
        kept = x_real.clone()
        up, loss, gradient = _expected_gradients(model, x_real, z)
        for parameter, old in zip(model.discriminator.parameters(), up, strict=True):
            parameter.grad = old.clone()  # what the step of G before this one left in D

        returned = discriminator_step(model, x_real, z, optimizer)
        hint = "Return the loss of D as a tensor, without .item()."
        value = expect_tensor(f"What {name} returned", returned, (), hint)
        if not torch.equal(x_real, kept):
            raise Surprise(f"{name} changed x_real, expected that it stays as it is. Make a new tensor instead.")
        for key in ("E", "G"):
            if not torch.equal(_flat(networks[key].parameters()), before[key]):
                raise Surprise(f"{name} changed the weights of {key}, expected that only D moves.")
        if any(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in model.generator.parameters()):
            raise Surprise(
                f"{name} left a gradient in G, expected none. The loss of D went back through the samples into G, "
                "which would add it to its own gradient. Cut the graph: detach the samples before D sees them."
            )
        parts = _losses(model, x_real, z, before["D"])
        loss_slips = {
            "This is a half of it. Add the two means, without a factor.": loss / 2,
            "This is the half for real images only. Add the half for samples.": parts[0],
            "This is the half for samples only. Add the half for real images.": parts[1],
            "Real and generated have changed places: real images have the label 1, samples have 0.": parts[2],
            "The sign is wrong: this is V, which D maximizes. A step of an optimizer minimizes.": -loss,
        }
        hint = "Add the mean of -log D(x) over real images and the mean of -log(1 - D(G(z))) over samples."
        expect_close(f"The loss that {name} returned", value, loss, loss_slips, hint)
        moved = _flat(model.discriminator.parameters()) - before["D"]
        stale = _flat(up)
        slips = {
            "D did not move. Call backward() on the loss, and then optimizer.step().": torch.zeros_like(moved),
            "The update also holds an old gradient, which the step of G had left in D. Call optimizer.zero_grad() "
            "before backward().": -RATE * (gradient + stale),
            "Only an old gradient was applied, which the step of G had left in D. Call optimizer.zero_grad(), then "
            "backward(), then optimizer.step().": -RATE * stale,
            "D moved in the opposite direction: it raises its loss. Minimize the loss.": RATE * gradient,
        }
        hint = "One call of optimizer.step() should apply the gradient of the loss of D, and nothing else."
        expect_close(f"The update that {name} made", moved, -RATE * gradient, slips, hint, tolerance=1e-3)
    return f"{name} moved D along the gradient of its loss, {value.item():.4f} for {n} images, and left no trace in G."


def _look_at_count(count_covered_modes: Callable[..., object]) -> str:
    name = "count_covered_modes"
    centers = ring_centers()

    def count(points: Tensor, means: Tensor = centers, sigma: float = SIGMA) -> int:
        returned = count_covered_modes(points, means, sigma)
        if isinstance(returned, Tensor) and returned.numel() == 1:
            returned = returned.item()
        if returned is None:
            raise Surprise(f"{name} returned None, expected a number. Is the return statement missing?")
        if isinstance(returned, bool) or not isinstance(returned, int | float) or returned != int(returned):
            got = tuple(returned.shape) if isinstance(returned, Tensor) else returned
            raise Surprise(f"{name} returned {got}, expected a whole number. Count how many modes are covered.")
        return int(returned)

    def around(modes: list[int], each: int, distance: float) -> Tensor:
        """Points at this distance (in sigma) from the centers of these modes, in all directions."""
        angles = torch.linspace(0, 6, each)
        circle = torch.stack([angles.cos(), angles.sin()], dim=1)
        return (centers[modes][:, None] + distance * SIGMA * circle).flatten(0, 1)

    far = torch.full((600, 2), 0.5)  # in the middle of the ring
    of_three = around([1, 4, 6], 100, 1)
    for what, points, expected, hint in (
        ("points around all eight", around(list(range(8)), 50, 1), 8, "Compare each point with each center."),
        ("points around 3 modes, and many in none", torch.cat([far, of_three]), 3, "A far point covers no mode."),
        ("points 2.9 sigma from 4 centers", around([0, 2, 3, 7], 100, 2.9), 4, "Within 3 sigma counts."),
        (
            "points 3.5 sigma from all centers",
            around(list(range(8)), 100, 3.5),
            0,
            "The distance of a point is sqrt(dx^2 + dy^2): farther than 3 sigma is outside.",
        ),
        (
            "900 points around 3 modes and one at each other mode",
            torch.cat([around([1, 4, 6], 300, 1), around([0, 2, 3, 5, 7], 1, 1)]),
            3,
            "A single stray point covers no mode: at least 1 % of all points must be close to its center.",
        ),
        ("600 points in no mode, and 12 around a center", torch.cat([far, around([5], 12, 1)]), 1, "12 of 612 is 2 %."),
    ):
        got = count(points)
        if got != expected:
            raise Surprise(f"{name} does not have the right value for {what}: got {got}, expected {expected}. {hint}")
    got = count(centers[:3] * RADIUS * 10, centers[:5] * RADIUS * 10, 0.5 * SIGMA)
    if got != 3:
        raise Surprise(
            f"{name} does not have the right value for 5 other centers: got {got}, expected 3. "
            "Take centers and sigma from the arguments."
        )
    return f"{name} counts right for 0 to 8 covered modes, and is not deceived by points that lie in none."


def _look_at_noise(noise_class: Callable[[float], nn.Module]) -> str:
    name = "InstanceNoise"
    x = torch.full((400, 50), 0.25)
    x[:, 25:] = 0.9
    kept = x.clone()
    hint = "One noisy value for each pixel of each image."
    state = torch.get_rng_state()
    torch.manual_seed(0)
    try:
        module = noise_class(0.5)
        got = expect_tensor(f"{name}(0.5)(x)", module(x), (400, 50), hint).detach()
        if not torch.equal(x, kept):
            raise Surprise(f"{name} changed x itself, expected that x stays as it is. Return a new tensor.")
        noise = got - x
        second = expect_tensor(f"{name}(0.5)(x)", module(x), (400, 50), hint).detach() - x
        weak = expect_tensor(f"{name}(0.1)(x)", noise_class(0.1)(x[:20]), (20, 50), hint).detach() - x[:20]
        wanted = torch.rand(3, 4, requires_grad=True)
        through = expect_tensor(f"{name}(0.5)(x)", module(wanted), (3, 4), hint)
    finally:
        torch.set_rng_state(state)
    _expect_independent(name, noise, second)
    # the mean of 10,000 draws strays by 0.005, the deviation of 20,000 by 0.0025, that of 1,000 by 0.0022
    dark, light = noise[:, :25].mean().item(), noise[:, 25:].mean().item()
    if max(abs(dark), abs(light)) > 0.025:
        if abs(dark + 0.25) < 0.025 and abs(light + 0.9) < 0.025:
            hint = "This is the noise alone. Add it to x."
        elif abs(dark - light) < 0.025:
            hint = "Draw it from a normal distribution of mean 0, with torch.randn_like."
        else:
            hint = "It is not the same for dark and light pixels: is the result cut off at 0 and 1? Leave it as it is."
        raise Surprise(
            f"The noise of {name}(0.5) does not have the right mean: got {dark:.3f} on dark pixels and {light:.3f} on "
            f"light ones, expected 0. {hint}"
        )
    slips = {
        "This is the deviation when the noise is not scaled. Multiply it with self.std.": torch.tensor(1.0),
        "This looks like the variance. Multiply the noise with self.std, which is the standard deviation.": (
            torch.tensor(0.5).sqrt()
        ),
        "This looks like self.std squared. Multiply the noise with self.std itself.": torch.tensor(0.25),
    }
    hint = "Multiply noise from N(0, 1) with self.std, and do not cut the result off."
    label = f"The deviation of the noise of {name}"
    expect_close(f"{label}(0.5)", noise.std(), torch.tensor(0.5), slips, hint, tolerance=0.03)
    expect_close(f"{label}(0.1)", weak.std(), torch.tensor(0.1), {}, hint, tolerance=0.15)
    expect_gradient(f"what {name} returns", through, {"x": [wanted]}, "Add the noise to x, and detach nothing.")
    return f"{name}(0.5) adds fresh normal noise of deviation {noise.std().item():.3f}; gradients pass through."


def _expect_independent(name: str, noise: Tensor, second: Tensor) -> None:
    """Demand noise (n, pixels) that differs between images, between pixels, and from that of a second call."""
    if not noise.any():
        raise Surprise(f"{name}(0.5) returned x without noise. Add normal noise to it.")
    for same, where, hint in (
        (torch.equal(noise, second), "at each call", "Draw it in forward, anew each time."),
        (noise.std(0).mean().item() < 1e-3, "for every image", "Draw it as large as x."),
        (noise.std(1).mean().item() < 1e-3, "for every pixel", "Draw it as large as x."),
    ):
        if same:
            raise Surprise(f"{name} adds the same noise {where}, expected other noise {where}. {hint}")


def _small_example(n: int) -> tuple[Model, Tensor, Tensor]:
    """A small model with fixed weights, images x (n, 20), and latent vectors z (n, 3)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Model(1, 20, 16, 3)
    for parameter in model.discriminator.parameters():
        parameter.data.mul_(3)  # so that its scores differ
    random = torch.Generator().manual_seed(n)
    return model, torch.rand(n, 20, generator=random), torch.randn(n, 3, generator=random)


def _losses(model: Model, x_real: Tensor, z: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """With these weights of D: its loss on real images, its loss on samples, and both with labels exchanged."""
    discriminator = nn.Sequential(*model.discriminator.net[:-1])
    now = _flat(discriminator.parameters())
    with torch.no_grad():
        nn.utils.vector_to_parameters(weights, discriminator.parameters())
        real, fake = discriminator(x_real), discriminator(model.generator(z))
        nn.utils.vector_to_parameters(now, discriminator.parameters())
    soft = nn.functional.softplus
    return soft(-real).mean(), soft(fake).mean(), soft(real).mean() + soft(-fake).mean()


def _expected_gradients(model: Model, x_real: Tensor, z: Tensor) -> tuple[list[Tensor], Tensor, Tensor]:
    """What a step of G leaves in D (a tensor for each parameter), the loss of D, and its gradient as one vector."""
    logits = nn.Sequential(*model.discriminator.net[:-1])
    with torch.no_grad():
        samples = model.generator(z)
    soft, parameters = nn.functional.softplus, list(model.discriminator.parameters())
    left = torch.autograd.grad(soft(-logits(samples)).mean(), parameters)
    loss = soft(-logits(x_real)).mean() + soft(logits(samples)).mean()
    return list(left), loss.detach(), _flat(torch.autograd.grad(loss, parameters))


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).clone()
