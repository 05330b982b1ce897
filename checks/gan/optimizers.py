"""Hidden checks of the optimizers: every module is optimized, with the learning rate that was asked for.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are whole checks: the
`test_optimizers.py` of an assignment imports them.
"""

from typing import Any

import pytest

from autograder.checks.outcome import fail, not_checked
from autograder.checks.plugin import TraceFolder
from checks.gan.mistakes import Mistake
from checks.gan.student_errors import Error, Experiment, fail_on_errors
from course_utils.gan.places import MODULES

CELL = "check_optimizers"


def _held(optimizer: dict[str, Any]) -> set[str | None]:
    return {name for group in optimizer["groups"] for name in group["parameters"]}


def _modules(names: set[str | None]) -> set[str]:
    return {name.partition(".")[0] for name in names if name is not None}


@pytest.mark.check(cell=CELL, points=0.5)
def test_every_module_has_an_optimizer(optimizer_runs: list[dict[str, Any]], trace: TraceFolder) -> None:
    """Every parameter of E, G and D is held by an optimizer."""
    fail_on_errors("configure_optimizers", [Experiment("a model", Error.of(optimizer_runs[0]["error"]))])
    if not optimizer_runs[0]["is_mapping"]:
        fail(
            f"`configure_optimizers` returned {optimizer_runs[0]['returned']}, expected a dict of optimizers by name.",
            'Return something like `{"discriminator": ..., ...}`; how many optimizers it holds is your decision.',
            mistake=Mistake.WRONG_RETURN_VALUE,
        )
    optimizers = optimizer_runs[0]["optimizers"]
    for optimizer in optimizers:
        if not optimizer["is_optimizer"]:
            fail(
                f"The entry “{optimizer['key']}” is of type {optimizer['kind']}, expected a torch.optim optimizer: "
                "only that can update weights.",
                "Put the optimizer object itself into the dict.",
                mistake=Mistake.WRONG_RETURN_VALUE,
            )
    _fail_on_foreign_parameters(optimizers)
    held = {name for optimizer in optimizers for name in _held(optimizer)}
    (probe,) = trace.probes("optimizers").values()
    layers = 2 * (probe.data["model"]["number_of_hidden_layers"] + 1)  # a weight and a bias for each linear layer
    for module in MODULES:
        count = sum(1 for name in held if name is not None and name.startswith(module + "."))
        if count < layers:
            fail(
                f"{count} of the {layers} parameter tensors of the {module} are held by an optimizer, "
                f"expected all {layers}: what no optimizer holds stays as it was initialized.{_held_twice(optimizers)}",
                f"Pass `model.{module}.parameters()` to the optimizer that is to update the {module}.",
                mistake=Mistake.MODULE_WITHOUT_OPTIMIZER,
            )


def _held_twice(optimizers: list[dict[str, Any]]) -> str:
    """A sentence on two optimizers that hold the very same parameters; none where all are different."""
    for number, optimizer in enumerate(optimizers):
        for other in optimizers[:number]:
            if _held(optimizer) == _held(other):
                modules = " and the ".join(sorted(_modules(_held(other))))
                return (
                    f" Two optimizers, “{other['key']}” and “{optimizer['key']}”, hold the same ones, the {modules}'s."
                )
    return ""


def _fail_on_foreign_parameters(optimizers: list[dict[str, Any]]) -> None:
    for optimizer in optimizers:
        if None in _held(optimizer):
            fail(
                f"The optimizer “{optimizer['key']}” holds parameters that are not of the model it was given: "
                "updating them does not train this model.",
                "Use the argument `model`, not a model from another cell, and no copies of its parameters.",
                mistake=Mistake.WRONG_PARAMETERS_IN_OPTIMIZER,
            )


def _fail_on_earlier_model(optimizer_runs: list[dict[str, Any]]) -> None:
    """Called again, for another model and learning rate, the function returns optimizers of the model before."""
    first, *later = [[None in _held(optimizer) for optimizer in run["optimizers"]] for run in optimizer_runs]
    if not any(first) and any(any(foreign) for foreign in later):
        fail(
            "When it is called again, for another model and another learning rate, `configure_optimizers` returns "
            "optimizers that hold the parameters of the model before: the new one is not trained.",
            "Make the optimizers anew in each call, and keep none of them in a global variable.",
            mistake=Mistake.WRONG_PARAMETERS_IN_OPTIMIZER,
        )


@pytest.mark.check(cell=CELL, points=0.5)
def test_learning_rate_is_used(optimizer_runs: list[dict[str, Any]]) -> None:
    """The optimizers use the learning rate that is passed in."""
    groups = [
        [(o["key"], i, float(group["lr"])) for o in run.get("optimizers", []) for i, group in enumerate(o["groups"])]
        for run in optimizer_runs
    ]
    if any(run["error"] is not None for run in optimizer_runs) or not groups[0] or len({len(g) for g in groups}) > 1:
        not_checked("There are no optimizers yet whose learning rate could be looked at.")
    _fail_on_earlier_model(optimizer_runs)
    for same_group in zip(*groups, strict=True):
        rates = [rate for *_, rate in same_group]
        if len(set(rates)) == 1:
            asked = ", ".join(f"{run['lr']:g}" for run in optimizer_runs)
            fail(
                f"The optimizer “{same_group[0][0]}” has the learning rate {rates[0]:g} whatever it was asked for "
                f"(asked: {asked}), so the setting of the notebook has no effect.",
                "Pass the argument on: `lr=lr`. A multiple of it is fine, too.",
                mistake=Mistake.LEARNING_RATE_IGNORED,
            )
        if len(set(rates)) < len(rates):
            same = max(set(rates), key=rates.count)
            asked = " and ".join(
                f"{run['lr']:g}" for run, rate in zip(optimizer_runs, rates, strict=True) if rate == same
            )
            fail(
                f"The optimizer “{same_group[0][0]}” has the same learning rate, {same:g}, where it is asked for "
                f"{asked}: beyond a limit, the setting of the notebook has no effect.",
                "Pass the argument on as it is: `lr=lr`. A multiple of it is fine, too.",
                mistake=Mistake.LEARNING_RATE_IGNORED,
            )
