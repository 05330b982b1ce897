"""Mutants: each operator edits what it says, and an edit that changes nothing is told from one that does."""

import ast
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.selftest.behavior import Behavior, alike, train_alike
from autograder.selftest.mutants import Mutant, choose, make_mutants
from checks.gan.observing import observe

SOLUTIONS = Path(__file__).parents[3] / "solutions" / "hw2"
THREE_ADAMS = (SOLUTIONS / "right" / "three_adams.py").read_text(encoding="utf-8")


def edits(source: str) -> set[tuple[str, str, str]]:
    return {(m.edit.operator, m.edit.before, m.edit.after) for m in make_mutants(textwrap.dedent(source))}


@pytest.mark.parametrize(
    ("source", "operator", "before", "after"),
    [
        ("fake = G(z).detach()", "drop detach", "G(z).detach()", "G(z)"),
        ("opt.zero_grad()", "drop zero_grad", "opt.zero_grad()", ""),
        ("opt.step()", "drop step", "opt.step()", ""),
        ("loss.backward()", "drop backward", "loss.backward()", ""),
        ("with torch.no_grad():\n    f()", "drop no_grad", "with torch.no_grad():", "if True:"),
        ("y = torch.ones_like(p)", "swap labels", "torch.ones_like", "torch.zeros_like"),
        ("y = torch.zeros(n, 1)", "swap labels", "torch.zeros", "torch.ones"),
        ("y = torch.full_like(p, 0.9)", "swap labels", "torch.full_like(p, 0.9)", "torch.full_like(p, 1 - 0.9)"),
        ("p = model.encoder(x)", "swap modules", "model.encoder", "model.generator"),
        ("def train_step():\n    discriminator_loss()", "swap losses", "discriminator_loss", "generator_loss"),
        ("a = o['generator'], o['encoder']", "swap keys", "o['generator']", "o['encoder']"),
        ("l = F.mse_loss(p, y)", "swap arguments", "F.mse_loss(p, y)", "F.mse_loss(y, p)"),
        ("l = F.mse_loss(a, b)", "sum for mean", "F.mse_loss(a, b)", "F.mse_loss(a, b, reduction='sum')"),
        ("l = e.mean()", "sum for mean", "e.mean", "e.sum"),
        ("l = -e", "flip a sign", "-e", "e"),
        ("l = a + b", "flip a sign", "a + b", "a - b"),
        ("z = torch.randn(n, k)", "uniform noise", "torch.randn", "torch.rand"),
        ("k = model.latent_size", "hard-code the latent size", "model.latent_size", "64"),
        ("n = x.shape[0]", "hard-code the batch size", "x.shape[0]", "64"),
        ("n = x.size(0)", "hard-code the batch size", "x.size(0)", "64"),
        ("def configure_optimizers(m, lr):\n    return Adam(m, lr=lr)", "hard-code the learning rate", "lr", "0.0002"),
    ],
)  # fmt: skip
def test_an_operator_edits_what_it_says(source: str, operator: str, before: str, after: str) -> None:
    assert (operator, before, after) in edits(source)


@pytest.mark.parametrize(
    "source",
    [
        "generator_loss(model, z)",  # outside train_step a loss is not exchanged for another
        "z = torch.randn(n, k, device=d)\nn = model.size(1)",  # sizes are not exchanged
        "class G:\n    encoder = 1",
    ],
)
def test_what_an_operator_leaves_alone(source: str) -> None:
    assert {operator for operator, *_ in edits(source)} <= {"uniform noise", "swap arguments"}
    assert not any("torch.randn(k, n" in after for *_, after in edits(source))


def test_each_mutant_is_one_edit_at_a_line_of_the_original() -> None:
    lines = THREE_ADAMS.splitlines()
    mutants = make_mutants(THREE_ADAMS)
    assert len({mutant.source for mutant in mutants}) == len(mutants) > 60
    for mutant in mutants:
        ast.parse(mutant.source)
        assert mutant.edit.before.split("(")[0].split(".")[-1][:8] in lines[mutant.edit.line - 1]
    assert {mutant.edit.function for mutant in mutants} >= {"configure_optimizers", "train_step", "generator_loss"}


def test_the_choice_depends_on_the_seed_alone_and_spreads_over_the_operators() -> None:
    mutants = make_mutants(THREE_ADAMS)
    chosen = choose(mutants, 8, "a")
    assert chosen == choose(mutants, 8, "a") != choose(mutants, 8, "b")
    assert len({mutant.edit.operator for mutant in chosen}) == 8
    assert choose(mutants, 0, "a") == []
    assert len(choose(mutants, 10_000, "a")) == len(mutants)


NEW = ("step: ", "noise: ", "first ")


def of_steps(source: str) -> dict[str, Mutant]:
    """One mutant of each operator that brings code of its own."""
    mutants = {m.edit.operator: m for m in make_mutants(source)}
    return {operator: m for operator, m in mutants.items() if operator.startswith(NEW) or " returned" in operator}


@pytest.mark.parametrize(
    ("source", "operator", "before", "after"),
    [
        ("def train_step(m, x):\n    generator_loss(m, x)", "step: half of z", "generator_loss", "wrong_loss"),
        ("class S:\n    def go(self):\n        autoencoder_loss()", "step: cosine", "autoencoder_loss", "wrong_loss"),
        ("def autoencoder_loss(m, x):\n    return e", "logarithm of the loss", "return e", "return 10 * e.log10()"),
        ("def train_step(m):\n    z = torch.randn(3)", "noise: halves of the batch equal", "torch.randn(3)",
         "wrong_noise(torch.randn(3))"),
        ("def train_step(m):\n    return {'generator': g, 'a': b}", "total returned", "return {'generator': g, 'a': b}",
         "return {'generator': g + b, 'a': b}"),
    ],
)  # fmt: skip
def test_wrong_code_takes_the_place_of_right_code(source: str, operator: str, before: str, after: str) -> None:
    assert (operator, before, after) in edits(source)


@pytest.mark.parametrize(
    "source",
    [
        "def generator_loss(m, z):\n    return discriminator_loss(m, z)",  # losses stay right where the step is wrong
        "def configure_optimizers(m, lr):\n    return {'generator': torch.randn(3)}",
        "def discriminator_loss(m, x, z):\n    return x + 0.1 * torch.randn(3)",
    ],
)
def test_wrong_steps_are_made_in_steps_only(source: str) -> None:
    assert not any(
        operator.startswith(("step: ", "noise: ")) or "returned" in operator for operator, *_ in edits(source)
    )


@pytest.mark.parametrize(("assignment", "classes", "least"), [("hw2", 0, 28), ("hw2_conditional", 10, 24)])
def test_wrong_steps_run_and_do_something_else(assignment: str, classes: int, least: int, tmp_path: Path) -> None:
    path = SOLUTIONS.parent / assignment / "right" / "three_adams.py"
    original, mutants = observe(path, classes), of_steps(path.read_text(encoding="utf-8"))
    assert len(mutants) >= least
    for operator, mutant in mutants.items():
        behavior = behave(tmp_path, mutant.source, classes)
        assert behavior.errors == (), operator
        assert not alike(original, behavior), operator


def behave(folder: Path, source: str, classes: int = 0) -> Behavior:
    path = folder / "solution.py"
    path.write_text(source, encoding="utf-8")
    return observe(path, classes)


def edited(operator: str, before: str) -> str:
    return next(m.source for m in make_mutants(THREE_ADAMS) if (m.edit.operator, m.edit.before) == (operator, before))


def test_equivalent_edits_are_recognized(tmp_path: Path) -> None:
    original = behave(tmp_path, THREE_ADAMS)
    assert not original.errors
    assert alike(original, behave(tmp_path, THREE_ADAMS))
    exchanged = edited("swap arguments", "mse(model.generator(model.encoder(x_real)), x_real)")
    assert alike(original, behave(tmp_path, exchanged))  # the squared error is symmetric


def test_an_edit_that_changes_gradients_only_is_not_equivalent_but_trains_alike(tmp_path: Path) -> None:
    original = behave(tmp_path, THREE_ADAMS)
    undetached = behave(tmp_path, edited("drop detach", "model.generator(z).detach()"))
    assert not alike(original, undetached)
    assert not train_alike(replace(original, training=()), replace(undetached, training=()))  # where nothing is trained
    assert train_alike(original, undetached)  # gradients are zeroed before every backward pass


@pytest.mark.parametrize(
    ("operator", "before"),
    [
        ("drop zero_grad", "optimizers['autoencoder'].zero_grad()"),
        ("drop step", "optimizers['generator'].step()"),
        ("swap labels", "torch.ones"),
        ("sum for mean", "nn.MSELoss()"),
        ("uniform noise", "torch.randn"),
        ("hard-code the learning rate", "lr"),
        ("hard-code the latent size", "model.latent_size"),
    ],
)
def test_an_edit_that_changes_training_is_not_equivalent(tmp_path: Path, operator: str, before: str) -> None:
    assert not train_alike(behave(tmp_path, THREE_ADAMS), behave(tmp_path, edited(operator, before)))


def test_what_does_not_run_behaves_differently(tmp_path: Path) -> None:
    broken = behave(tmp_path, "import no_such_module")
    assert broken.errors == ("import: ModuleNotFoundError",) * 2
    assert not alike(behave(tmp_path, THREE_ADAMS), broken)
