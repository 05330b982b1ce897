"""Whether weights change only in steps of optimizers, and stay changed.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the check
`step_is_well_behaved`. Weights may be moved away for a while, to take a gradient elsewhere, if they come back before
the next step (sharpness-aware minimization). Weights that are put back to where optimizers had brought them before, or
to a mean of such places (look-ahead methods, averages of weights), are for a person.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import cannot_judge, fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from course_utils.gan.attribution.least_squares import least_squares

ROUNDING = 1e-6  # of the largest weight; what is added and taken off again leaves 1e-7
FIT = 1e-2  # of a change of the weights; the rounding of weights leaves 1e-3 of a change by one step of the probes


def fail_on_changes_outside_steps(runs: Sequence[StepRun]) -> None:
    """Only steps of optimizers change weights."""
    returned = ""
    for run in runs:
        for module in run.evidence.weights[0]:
            _fail_if_undone(run, module)
            if _returns(run, module):
                returned = module
    if returned:
        cannot_judge(
            f"The weights of the {returned} were put back to what they had been before, or to a mean of that, as "
            "methods that look ahead or average do; a person will look at it."
        )


def _fail_if_undone(run: StepRun, module: str) -> None:
    first, *others = (weights[module] for weights in run.evidence.weights)
    moved = any(update.moved(module) for update in run.evidence.updates)
    if moved and len(others) > 1 and all(torch.equal(weights, first) for weights in others):
        fail(
            f"After each training step the weights of the {module} are what they were before it, though an optimizer "
            "moved them: nothing that is learnt stays.",
            "Leave the weights as the optimizers make them.",
            mistake=Mistake.UPDATES_NOT_FROM_GRADIENTS,
        )


def _returns(run: StepRun, module: str) -> bool:
    """Whether weights are ever put back, or averaged; ends the check if they are changed in other ways."""
    now = run.evidence.weights[0][module]
    seen = [now]
    left: Tensor | None = None  # where they were before they were moved to where no optimizer has brought them
    returns = False
    for weights, by_step in _course(run, module):
        if torch.equal(weights, now) or (not by_step and _is_same(weights, now)):
            pass
        elif by_step:
            if left is not None:
                _fail_on_change(module)
        elif left is not None:
            left = None if _is_same(weights, left) else left
        elif _is_mean_of(seen, weights, now):
            returns = True
        else:
            left = now
        if left is None:
            seen.append(weights)
        now = weights
    if left is not None:
        _fail_on_change(module)
    return returns


def _course(run: StepRun, module: str) -> Iterator[tuple[Tensor, bool]]:
    """The weights whenever they were looked at, and whether it was the step of an optimizer that brought them there."""
    for number, after in enumerate(run.evidence.weights[1:]):
        for update in run.evidence.updates:
            if update.step == number:
                yield update.before[module], False
                yield update.after[module], True
        yield after[module], False


def _is_same(weights: Tensor, others: Tensor) -> bool:
    return float((weights - others).abs().max()) <= ROUNDING * float(others.abs().max())


def _is_mean_of(seen: Sequence[Tensor], weights: Tensor, now: Tensor) -> bool:
    """Whether weights are a mean of some that have been seen, each with any share."""
    places = torch.stack(list({id(place): place for place in seen}.values()))  # (places, parameters)
    slack = ROUNDING * float(now.abs().max())
    if bool((weights > places.amax(0) + slack).any()) or bool((weights < places.amin(0) - slack).any()):
        return False
    ways, wanted = (places[:-1] - places[-1]).T, weights - places[-1]
    shares = least_squares(ways, wanted)
    return float((ways @ shares - wanted).norm()) <= FIT * float((weights - now).norm())


def _fail_on_change(module: str) -> None:
    fail(
        f"The weights of the {module} were changed by something else than the step of an optimizer.",
        "Let only the optimizers update the weights, from the gradients of the losses.",
        mistake=Mistake.UPDATES_NOT_FROM_GRADIENTS,
    )
