"""Composed designs: equal numbers give equal ones, each is right by what it is made of, and rates are told honestly."""

import ast
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.cli import main
from autograder.errors import UsageError
from autograder.selftest import load_solution, running
from autograder.selftest.designs import compose
from autograder.selftest.designs.compose import WITHOUT_LABELS, all_axes, fits
from autograder.selftest.designs.loss_parts import Part
from autograder.selftest.designs.parts import AXES, OF_ASSIGNMENT, USUAL
from autograder.selftest.designs.rates import Judged, Rates, judge_designs
from autograder.selftest.designs.source import losses, solution
from autograder.selftest.share import Share
from course_utils.conditional import make_model
from course_utils.models import Model

DESIGNS = 300
PLAIN = {axis: choices[0] for axis, choices in all_axes("hw2").items()}


@pytest.mark.parametrize("assignment", OF_ASSIGNMENT)
def test_a_design_depends_on_its_number_alone_and_is_python(assignment: str) -> None:
    designs = [compose(number, assignment) for number in range(DESIGNS)]
    assert designs[:20] == [compose(number, assignment) for number in range(20)]
    assert len({design.source for design in designs}) == DESIGNS
    for design in designs:
        functions = {node.name for node in ast.walk(ast.parse(design.source)) if isinstance(node, ast.FunctionDef)}
        assert {"configure_optimizers", "discriminator_loss", "generator_loss", "autoencoder_loss"} <= functions


@pytest.mark.parametrize("assignment", OF_ASSIGNMENT)
def test_every_part_has_a_reason_and_is_used(assignment: str) -> None:
    axes = all_axes(assignment)
    used = Counter(f"{axis}: {name}" for n in range(DESIGNS) for axis, name in compose(n, assignment).parts.items())
    for axis, choices in axes.items():
        assert len({part.name for part in choices}) == len(choices)
        for part in choices:
            assert part.why
            unusable = assignment == "hw2_conditional" and part.name in WITHOUT_LABELS
            assert (used[f"{axis}: {part.name}"] == 0) == unusable
    assert set(USUAL) <= set(axes)


@pytest.mark.parametrize(("assignment", "classes"), [("hw2", 0), ("hw2_conditional", 10)])
def test_designs_run_without_an_error_and_train_each_network(assignment: str, classes: int, tmp_path: Path) -> None:
    path = tmp_path / "design.py"
    for number in range(0, 150, 6):
        path.write_text(compose(number, assignment).source, encoding="utf-8")
        with running(path) as design:
            torch.manual_seed(number)
            sizes = {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 9, "latent_size": 3}
            model = make_model(**sizes, **({"number_of_classes": classes} if classes else {}))
            optimizers = design.configure_optimizers(model, 1e-3)
            before = [p.detach().clone() for p in model.parameters()]
            for _ in range(3):
                h = [torch.randint(classes, (5,))] if classes else []
                returned = design.train_step(model, torch.rand(5, 784), *h, optimizers)
                assert {"discriminator", "generator", "autoencoder"} <= set(returned)
        still = [p.shape for p, q in zip(model.parameters(), before, strict=True) if torch.equal(p, q)]
        assert still == [], path.read_text()


def test_an_assignment_without_parts_is_told() -> None:
    with pytest.raises(UsageError, match="for hw2 and hw2_conditional only, not for hw9"):
        compose(0, "hw9")


def gradients(loss: torch.Tensor, module: nn.Module) -> torch.Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(module.parameters()))])


@pytest.mark.parametrize(
    "labels", ["hard labels", "full", "of a shape", "new and expanded", "real 0.9", "both smoothed"]
)
def test_each_form_of_the_losses_has_the_gradient_of_the_cross_entropy(labels: str, tmp_path: Path) -> None:
    targets = {"real 0.9": (0.9, 0.0), "both smoothed": (0.9, 0.1)}.get(labels, (1.0, 0.0))
    tried = 0
    for form in AXES["cross-entropy"]:
        for batches in AXES["batches"]:
            adversarial = AXES["generator"][tried % 3]  # the saturating one has another gradient
            label = next(part for part in AXES["labels"] if part.name == labels)
            chosen = {"cross-entropy": form, "batches": batches, "generator": adversarial, "labels": label}
            parts = PLAIN | chosen
            if not fits(parts):
                continue
            tried += 1
            path = tmp_path / "losses.py"
            path.write_text(solution(parts, "losses alone", ["return {}"]), encoding="utf-8")
            written = load_solution(path)
            torch.manual_seed(tried)
            model = Model(1, 9, 7, 3, nn.ReLU)
            x, z = torch.rand(5, 9), torch.randn(5, 3)
            p, q = model.discriminator(x), model.discriminator(model.generator(z).detach())
            each = [
                F.binary_cross_entropy(score, torch.full_like(score, target))
                for score, target in zip((p, q), targets, strict=True)
            ]
            right = torch.stack(each).sum()
            factor = {"one batch": 0.5, "halved": 0.5}.get(batches.name, 1.0)
            got = gradients(written.discriminator_loss(model, x, z), model.discriminator)
            assert torch.allclose(got, factor * gradients(right, model.discriminator), rtol=1e-3, atol=1e-6), parts
            fake = model.discriminator(model.generator(z))
            right = F.binary_cross_entropy(fake, torch.ones_like(fake))
            got = gradients(written.generator_loss(model, z), model.generator)
            assert torch.allclose(got, gradients(right, model.generator), rtol=1e-3, atol=1e-6), parts
    assert tried >= 30


@pytest.mark.parametrize("form", AXES["reconstruction"], ids=lambda part: part.name)
def test_each_form_of_the_reconstruction_error_is_the_mean_square(form: Part, tmp_path: Path) -> None:
    path = tmp_path / "losses.py"
    path.write_text(solution(PLAIN | {"reconstruction": form}, "losses alone", ["return {}"]), encoding="utf-8")
    model, x = Model(1, 9, 7, 3, nn.ReLU), torch.rand(5, 9)
    right = F.mse_loss(model.generator(model.encoder(x)), x)
    assert torch.allclose(load_solution(path).autoencoder_loss(model, x), right)
    assert losses(PLAIN).count("def ") == 3


def judged(number: int, seed: int, *outcomes: str) -> Judged:
    return Judged(number, seed, {f"check {i}": (outcome, "") for i, outcome in enumerate(outcomes)}, "", 1.0)


def test_a_design_counts_once_however_many_seeds_fail() -> None:
    runs = (judged(0, 1), judged(0, 2, "failed"), judged(0, 3, "failed", "cannot_judge"), judged(1, 1, "cannot_judge"))
    rates = Rates(runs, 4.0)
    assert (rates.designs(lambda j: j.failed), rates.runs(lambda j: j.failed)) == (Share(1, 2), Share(2, 4))
    assert (rates.designs(lambda j: j.undecided), rates.runs(lambda j: j.undecided)) == (Share(1, 2), Share(1, 4))
    assert not rates.passed and Rates(runs[-1:], 1.0).passed
    assert rates.reasons() == {"check 0 failed": 2, "check 1 cannot_judge": 1, "check 0 cannot_judge": 1}


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    low, high = Share(0, 500).bounds
    assert low == 0 and high == pytest.approx(1 - 0.025 ** (1 / 500))
    assert str(Share(1, 200)) == "1 of 200, 0.50 % (0.01 to 2.75 %)"


def test_composed_designs_pass_and_a_command_tells_their_rates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["selftest", "hw2", "--designs", "3", "--first", "4", "--processes", "1", "--json", tmp_path / "d.json"]
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said, written = capsys.readouterr().out, json.loads((tmp_path / "d.json").read_text())
    assert written["misjudged"] == []
    assert ended.value.code in (0, None)
    assert "Right designs failed on any seed: 0 of 3" in said
    assert [number for number, *_ in written["judged"]] == [4, 5, 6]


@pytest.mark.parametrize(
    ("assignment", "number", "seed"),
    [
        pytest.param("hw2", 85, 5004, id="D rests where its loss is near a threshold"),
        pytest.param("hw2", 137, 5005, id="a label above 0 of a sample whose score is 0"),
        pytest.param("hw2_conditional", 33, 5004, id="images with labels are shifted"),
    ],
)
def test_designs_that_once_came_out_wrong_pass(assignment: str, number: int, seed: int) -> None:
    (judged,) = judge_designs(Path("checks") / assignment, [(number, seed)], processes=1).judged
    assert (judged.told, judged.fault) == ({}, "")
