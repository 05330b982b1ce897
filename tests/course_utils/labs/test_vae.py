"""The lab on variational autoencoders: its solutions have the properties that the text derives."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from course_utils.labs import vae
from course_utils.variational import VariationalAutoencoder

NOTEBOOK = Path(__file__).parents[3] / "source" / "lab_vae" / "lab_vae.ipynb"


@pytest.fixture(scope="module")
def solutions() -> dict[str, Any]:
    """The functions of the source notebook's solution cells, by name."""
    names = {"torch": torch, "F": F}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, names)
    return names


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def kl(mean: Tensor, log_var: Tensor) -> Tensor:
    return kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, 1.0))


@given(n=st.integers(1, 6), size=st.integers(1, 8), seed=st.integers(0, 99), scale=st.floats(0, 3))
@settings(max_examples=40)
def test_the_closed_form_is_never_negative_and_that_of_torch_distributions(
    solutions: dict[str, Any], n: int, size: int, seed: int, scale: float
) -> None:
    mean, log_var = scale * random(n, size, seed=seed), scale * random(n, size, seed=seed + 100)
    got = solutions["divergence"](mean, log_var)
    assert got.shape == (n, size)
    assert (got >= -1e-6).all()
    torch.testing.assert_close(got, kl(mean, log_var), rtol=1e-4, atol=1e-5)


@given(size=st.integers(1, 12), seed=st.integers(0, 99))
@settings(max_examples=15)
def test_the_monte_carlo_estimate_agrees_with_the_closed_form_within_its_error(size: int, seed: int) -> None:
    mean, log_var = random(size, seed=seed), random(size, seed=seed + 100)
    estimates = vae.monte_carlo_divergences(mean, log_var, draws=4000, seed=seed)
    error = estimates.std().item() / 4000**0.5
    assert estimates.mean().item() == pytest.approx(kl(mean, log_var).sum().item(), abs=6 * error + 1e-6)


@given(n=st.integers(1, 5), size=st.integers(1, 6))
@settings(max_examples=20)
def test_reparameterized_noise_of_zero_is_the_mean_and_unit_variance_leaves_noise_alone(
    solutions: dict[str, Any], n: int, size: int
) -> None:
    mean, zeros, noise = random(n, size), torch.zeros(n, size), random(n, size, seed=1)
    assert torch.equal(solutions["reparameterize"](mean, noise, zeros), mean)
    torch.testing.assert_close(solutions["reparameterize"](mean, zeros, noise), mean + noise)


@given(steps=st.integers(0, 50), beta=st.floats(0, 10))
@settings(max_examples=30)
def test_the_warm_up_never_falls_and_ends_at_beta(solutions: dict[str, Any], steps: int, beta: float) -> None:
    weights = [solutions["warm_up"](step, steps, beta) for step in range(60)]
    assert weights == sorted(weights)
    assert weights[-1] == beta
    assert weights[0] == (0 if steps else beta)


@given(size=st.integers(1, 6), k=st.integers(1, 5), data=st.data())
@settings(max_examples=20)
def test_a_traversal_draws_copies_that_differ_in_one_coordinate(size: int, k: int, data: st.DataObject) -> None:
    dimension = data.draw(st.integers(0, size - 1))
    model, start, values = VariationalAutoencoder(1, 9, 4, size), random(size), random(k, seed=1)
    z = start.repeat(k, 1)
    z[:, dimension] = values
    rows = vae.draw_traversals(model, start, [dimension], values)
    assert list(rows) == [f"$z_{{{dimension + 1}}}$"]
    torch.testing.assert_close(rows[f"$z_{{{dimension + 1}}}$"], model.generator(z).detach())


def test_the_figures_draw_collapsed_and_single_models() -> None:
    collapsed = {"a": torch.zeros(5), "b": torch.tensor([1.0, 0.5, 0.0, 0.2, 0.05])}
    titles = [axes.get_title() for axes in vae.show_divergences(collapsed).axes]
    assert titles == ["a: 0 active, 0.0 nats", "b: 3 active, 1.8 nats"]
    assert len(vae.show_tension({"a": (206.0, 0.0)}).axes) == 1
    tension = vae.show_tension({"a": (206.0, 0.0), "b": (81.0, 62.0)}).axes[0]
    assert {"a", "b"} <= {text.get_text() for text in tension.texts}
    bars = vae.show_bounds({"right": (104.2, 15.4), "slip": (95.6, 11.8)}).axes[0]
    assert "+ 15.4 = 119.6" in [text.get_text() for text in bars.texts]
    assert vae.show_monte_carlo(random(50).double(), 0.0).axes
    assert vae.show_schedules({"a": [0.0, 0.5, 1.0]}).axes
