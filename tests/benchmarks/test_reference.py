"""The comparison with the original solution: its steps do what they say, and its scripts run."""

import copy
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from course_utils.models import Model

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(BENCHMARKS.parent)}
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS / "reference")]

import designs  # noqa: E402
import epoch  # noqa: E402
from by_hand import ByHand  # noqa: E402


def small_model(seed: int = 0) -> Model:
    torch.manual_seed(seed)
    return Model(number_of_hidden_layers=2, input_size=36, hidden_size=16, latent_size=5)


def test_our_copy_of_the_original_step_makes_the_updates_of_the_original() -> None:
    ours = small_model()
    original = copy.deepcopy(ours)
    optimizers, of_original = designs.make_optimizers(ours), epoch.original_optimizers(original)
    for seed in range(20):
        x_real = torch.rand(7, 36, generator=torch.Generator().manual_seed(seed))
        for model, step, own in (
            (ours, designs.original_step, optimizers),
            (original, epoch.original_step, of_original),
        ):
            torch.manual_seed(seed)  # the same z for both
            step(model, x_real, own)
    for (name, weight), expected in zip(ours.named_parameters(), original.parameters(), strict=True):
        torch.testing.assert_close(weight, expected, atol=2e-5, rtol=1e-3, msg=name)


@pytest.mark.parametrize("weight", [1.0, 300.0])
def test_one_way_back_through_d_gives_each_network_the_gradient_of_its_own_loss(weight: float) -> None:
    model = small_model()
    x_real = torch.rand(7, 36)
    standing_still: dict[str, torch.optim.Optimizer] = {
        name: torch.optim.SGD(getattr(model, name).parameters(), lr=0.0)
        for name in ("discriminator", "generator", "encoder")
    }
    torch.manual_seed(1)
    designs.weighted_step(model, x_real, standing_still, weight)
    got = {name: parameter.grad for name, parameter in model.named_parameters()}

    torch.manual_seed(1)
    z = torch.randn(7, 5)
    p_real, p_fake = model.discriminator(x_real), model.discriminator(model.generator(z))
    ones, zeros = torch.ones(7, 1), torch.zeros(7, 1)
    of_d = F.binary_cross_entropy(p_real, ones) + F.binary_cross_entropy(p_fake, zeros)
    error = F.mse_loss(model.generator(model.encoder(x_real)), x_real)
    of_others = F.binary_cross_entropy(p_fake, ones) + weight * error
    for name, parameter in model.named_parameters():
        loss = of_d if name.startswith("discriminator") else of_others
        expected = torch.autograd.grad(loss, parameter, retain_graph=True)[0]
        torch.testing.assert_close(got[name], expected, atol=1e-5, rtol=1e-4, msg=name)


def test_the_step_by_hand_makes_the_updates_that_autograd_makes() -> None:
    by_hand = small_model()
    e, g, d = (nets := copy.deepcopy(by_hand)).encoder, nets.generator, nets.discriminator
    step = ByHand(by_hand, noise=0.0, lr=1e-3)
    of_game = torch.optim.Adam([*g.parameters(), *d.parameters()], lr=1e-3)
    of_autoencoder = torch.optim.Adam([*e.parameters(), *g.parameters()], lr=1e-3)
    for seed, n in enumerate((7, 7, 3)):
        x_real = torch.rand(n, 36, generator=torch.Generator().manual_seed(seed))
        torch.manual_seed(seed)
        p_real, p_fake = d(x_real), d(g(torch.randn(n, 5)))
        ones, zeros = torch.ones(n, 1), torch.zeros(n, 1)
        losses = {
            "discriminator": F.binary_cross_entropy(p_real, ones) + F.binary_cross_entropy(p_fake, zeros),
            "generator": F.binary_cross_entropy(p_fake, ones),
            "autoencoder": F.mse_loss(g(e(x_real)), x_real),
        }
        for_autoencoder = torch.autograd.grad(losses["autoencoder"], [*e.parameters(), *g.parameters()])
        for_g = torch.autograd.grad(losses["generator"], list(g.parameters()), retain_graph=True)
        for_d = torch.autograd.grad(losses["discriminator"], list(d.parameters()))
        apply(of_game, [*for_g, *for_d])
        apply(of_autoencoder, for_autoencoder)

        torch.manual_seed(seed)
        got = step.step(by_hand, x_real, step.optimizers)
        torch.testing.assert_close(got, {name: loss.detach() for name, loss in losses.items()}, atol=1e-5, rtol=1e-5)
    for (name, weight), expected in zip(by_hand.named_parameters(), nets.parameters(), strict=True):
        torch.testing.assert_close(weight, expected, atol=1e-4, rtol=1e-3, msg=name)


def test_bfloat16_changes_the_updates_by_rounding_only() -> None:
    model = small_model()
    start = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    moved = []
    for dtype in (torch.float32, torch.bfloat16):
        trained = copy.deepcopy(model)
        step = ByHand(trained, noise=0.0, lr=1e-3, dtype=dtype)
        torch.manual_seed(1)
        for _ in range(50):
            losses = step.step(trained, torch.rand(7, 36), step.optimizers)
        assert all(loss.dtype == torch.float32 for loss in losses.values())
        assert all(parameter.dtype == torch.float32 for parameter in trained.parameters())
        moved.append(torch.cat([parameter.detach().flatten() for parameter in trained.parameters()]) - start)
    assert F.cosine_similarity(moved[0], moved[1], dim=0) > 0.99
    assert not torch.equal(*moved)


def apply(optimizer: torch.optim.Optimizer, gradients: Sequence[torch.Tensor]) -> None:
    for parameter, gradient in zip(optimizer.param_groups[0]["params"], gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()


def test_quick_run_of_the_comparison_measures_what_it_trained() -> None:
    script = str(BENCHMARKS / "reference" / "train_designs.py")
    finished = subprocess.run(
        [sys.executable, script, "--quick"], capture_output=True, text=True, timeout=300, env=ENVIRONMENT
    )
    assert finished.returncode == 0, finished.stderr
    names = [line.split()[0] for line in finished.stdout.splitlines() if "test_error" in line and "frechet" in line]
    assert names == ["original", "weighted-w300-b0.9", "ours-n0.3-bfloat16"]


def test_figures_and_table_are_made_of_the_stored_runs(tmp_path: Path) -> None:
    script = str(BENCHMARKS / "reference" / "compare.py")
    finished = subprocess.run(
        [sys.executable, script, "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        env=ENVIRONMENT,
    )
    assert finished.returncode == 0, finished.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"curves.png", "samples.png", "table.md"}
