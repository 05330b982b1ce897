"""The selftest records what grading records: the same cells in the same order, with state kept between them."""

import ast
import sys
from pathlib import Path

import nbformat
import pytest
import torch

from autograder.attempt import try_solution
from autograder.checks import load_checks, make_probes
from autograder.config import Course
from autograder.errors import UsageError
from autograder.selftest import load_solution, record_solution, running
from checks.gan.experiment import CELLS
from coursekit.trace import read_trace

ROOT = Path(__file__).parents[3]
# Counts all calls of the process, and draws numbers of three generators; a dataclass whose annotations are strings.
WITH_STATE = '''
"""A design that remembers."""
from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F

if os.access(".", os.W_OK):
    os.makedirs("images")


@dataclass
class State:
    calls: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    kind: ClassVar[str] = "counter"


STATE = State()
assert __name__ == "__main__" and "__file__" not in globals()


def count(name):
    STATE.calls += 1
    STATE.seen[name] = STATE.seen.get(name, 0) + 1
    return min(1.0, 0.5 + STATE.calls / 100)


def configure_optimizers(model, lr):
    count("optimizers")
    return {name: torch.optim.Adam(net.parameters(), lr=lr) for name, net in model.named_children()}


def discriminator_loss(model, x_real, z):
    label = min(1.0, 0.8 + count("d") / 10 + random.random() / 100)
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p, torch.full_like(p, label)) + F.binary_cross_entropy(q, torch.zeros_like(q))


def generator_loss(model, z):
    p = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p, torch.ones_like(p))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    weight = 10 * count("step")
    z = torch.from_numpy(np.random.standard_normal((len(x_real), model.latent_size))).float()
    d = discriminator_loss(model, x_real, z)
    optimizers["discriminator"].zero_grad()
    d.backward()
    optimizers["discriminator"].step()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    optimizers["generator"].zero_grad()
    optimizers["encoder"].zero_grad()
    (g + weight * a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a, "calls": STATE.calls}
'''


@pytest.fixture
def with_state(tmp_path: Path) -> Path:
    path = tmp_path / "with_state.py"
    path.write_text(WITH_STATE, encoding="utf-8")
    return path


@pytest.mark.parametrize("assignment", ["hw2", "hw2_conditional"])
def test_the_cells_stand_in_the_order_of_the_notebook_and_get_the_same_functions(assignment: str) -> None:
    notebook = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    called = {}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("points") and cell.cell_type == "code":
            (statement,) = ast.parse(cell.source).body
            assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            call = statement.value
            assert isinstance(call.func, ast.Attribute)
            called[call.func.attr] = tuple(ast.unparse(argument) for argument in call.args)
    assert list(called.items()) == [(kind, names) for kind, names in CELLS.items() if kind in called]
    assert len(called) >= 4


def test_a_design_with_state_is_recorded_as_in_grading(
    released_course: Course, with_state: Path, tmp_path: Path
) -> None:
    attempt = try_solution(released_course, "hw2", with_state.read_text(), tmp_path / "graded")
    assert attempt.passed
    graded, here = tmp_path / "graded" / "outbox", tmp_path / "here"
    record_solution(with_state, load_checks(ROOT / "checks" / "hw2").experiments, tmp_path / "graded" / "inbox", here)
    traces = sorted(path.parent.relative_to(graded) for path in graded.glob("**/trace.json"))
    assert len(traces) > 15
    for trace in traces:
        one, other = read_trace(graded / trace), read_trace(here / trace)
        assert one.data == other.data, trace
        assert all(torch.equal(tensor, other.tensors[name]) for name, tensor in one.tensors.items())


def test_each_run_starts_anew_and_leaves_nothing_behind(
    with_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_probes(load_checks(ROOT / "checks" / "hw2"), 3, tmp_path / "inbox")
    monkeypatch.chdir(tmp_path)
    before, here = sys.modules["__main__"], Path.cwd()
    for name in ("first", "again"):
        record_solution(
            with_state,
            load_checks(ROOT / "checks" / "hw2").experiments,
            tmp_path / "inbox",
            tmp_path / name,
            leave_out=("convergence",),
        )
    assert sys.modules["__main__"] is before and Path.cwd() == here and not (here / "images").exists()
    for trace in (tmp_path / "first").glob("**/trace.json"):
        assert trace.read_text() == (tmp_path / "again" / trace.relative_to(tmp_path / "first")).read_text()
    steps = read_trace(tmp_path / "first" / "train_step-1").data["steps"]
    assert steps[0]["losses"]["calls"]["value"] > 4  # the losses were called before the steps


@pytest.mark.parametrize("source", ["import no_such_module", "def f(:", "raise ValueError('no')"])
def test_a_file_that_cannot_be_loaded_is_told(tmp_path: Path, source: str) -> None:
    path = tmp_path / "s.py"
    path.write_text(source)
    before = sys.modules["__main__"]
    with pytest.raises(UsageError, match=r"s\.py cannot be imported"), running(path):
        pass
    with pytest.raises(UsageError, match=r"s\.py cannot be imported"):
        load_solution(path)
    assert sys.modules["__main__"] is before
