"""The updates of a module in the training steps of the probes, and what can be said of them whatever loss drove them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of a training step
begin here: is the module updated at all, by gradients that are its own, and is it known what drove it? Each function
ends the check if it finds something wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks.outcome import cannot_judge, fail, not_checked
from checks.gan.mistakes import NEVER_UPDATED, Mistake
from checks.gan.observed import MAPPED, StepRun
from course_utils.gan.attribution.updates import Driver, Movement

MAX_PAUSE = 5  # a module may be updated in every fifth step only
MIN_SHARE = 1e-3  # a loss with a smaller share of an update is rounding
MAX_UNCLEAR = 0.25  # the share of updates that may not be explained, or that took another course when done again


@dataclass(frozen=True)
class Moved:
    """An update of a module, with the run that it was seen in and the losses that had a share in it."""

    run: StepRun
    movement: Movement
    drivers: tuple[Driver, ...]

    @property
    def losses(self) -> frozenset[str]:
        """As the module follows them."""
        return frozenset(self.movement.followed(driver.part.loss) for driver in self.drivers)

    @property
    def sure(self) -> frozenset[str]:
        """Those that somebody may be blamed for."""
        certain = [driver.part for driver in self.drivers if driver.part.reading is None or driver.part.reading.sure]
        return frozenset(self.movement.followed(part.loss) for part in certain)

    @property
    def read(self) -> bool:
        return "unread" not in self.losses

    @property
    def mapped(self) -> bool:
        """Whether the gradient map shows it."""
        return self.run.name == MAPPED and self.movement.update.step == len(self.run.batches) - 1

    def share(self, losses: frozenset[str]) -> float:
        """Of some losses in the update."""
        return sum(d.share for d in self.drivers if self.movement.followed(d.part.loss) in losses)


def updates_of(step_runs: Sequence[StepRun], module: str) -> list[Moved]:
    """The updates of a module whose losses are known; ends the check if there are none, or too few of them."""
    if any(run.error() for run in step_runs if not run.light):
        not_checked("The training step has to run without an error first.")
    runs = [run for run in step_runs if not run.light and run.lr > 0]
    movements = [(run, m) for run in runs for m in run.movements if m.module == module]
    longest = max(runs, key=lambda run: len(run.batches))
    late = [m for m in longest.movements if m.module == module and m.update.step >= len(longest.batches) - MAX_PAUSE]
    if not movements or not late:
        _fail_never_updated(runs, module)
    explained = [
        Moved(run, m, tuple(driver for driver in m.drivers if driver.share > MIN_SHARE))
        for run, m in movements
        if m.drivers is not None
    ]
    if not explained:
        cannot_judge(f"It cannot be told which loss moved the {module}: {movements[0][1].why_not}.")
    _fail_on_leftovers(explained)
    read = [moved for moved in explained if moved.read]
    if not read:
        cannot_judge(
            f"It cannot be told which loss moved the {module}: when a training step is taken again with slightly other "
            "scores or images, it does something else, or it computes too coarsely to be compared."
        )
    return read


def leave_unclear_to_a_person(step_runs: Sequence[StepRun], module: str) -> None:
    """What was seen is right; too much that was not seen may be anything."""
    runs = [run for run in step_runs if not run.light and run.lr > 0]
    movements = [m for run in runs for m in run.movements if m.module == module]
    unexplained = [m for m in movements if m.drivers is None]
    if len(unexplained) > MAX_UNCLEAR * len(movements):
        cannot_judge(
            f"It cannot be told which loss moved the {module} in {len(unexplained)} of {len(movements)} updates: "
            f"{unexplained[0].why_not}."
        )
    asked = [m for run in runs for m in run.movements if m.module == module and m.update.step in run.experiments]
    unread = [m for m in asked if "unread" in m.losses()]
    if len(unread) > MAX_UNCLEAR * len(asked):
        cannot_judge(
            f"It cannot be told which loss moved the {module} in {len(unread)} of {len(asked)} updates: the training "
            "step took another course when it was taken again with slightly other scores or images."
        )


def leave_unexplained_to_a_person(step_runs: Sequence[StepRun], module: str) -> None:
    """Where a loss is missing, an update that is not explained may be that of this loss."""
    movements = [m for run in step_runs if not run.light and run.lr > 0 for m in run.movements if m.module == module]
    if unexplained := [m for m in movements if m.drivers is None]:
        cannot_judge(
            f"It cannot be told which loss moved the {module} in {len(unexplained)} of {len(movements)} updates: "
            f"{unexplained[0].why_not}."
        )


def leave_later_to_a_person(step_runs: Sequence[StepRun], what: str, *needed: str) -> None:
    """What is missing in the steps that are looked at goes on later in the short training run."""
    if step_runs[0].later() >= {*needed}:
        steps = sum(len(run.batches) for run in step_runs if not run.light and run.lr > 0)
        cannot_judge(
            f"In the {steps} training steps that are looked at closely {what}, but later in the short training run it "
            "is: this may begin later, or pause, by intention. What it follows then was not seen, so a person will "
            "look at it."
        )


def runs_of(updates: Sequence[Moved]) -> list[StepRun]:
    """The runs that updates were seen in."""
    return list({id(moved.run): moved.run for moved in updates}.values())


def mapped_first(updates: Sequence[Moved]) -> list[Moved]:
    """Those that the gradient map shows before the others: what is told of one update is what the map shows of it."""
    return sorted(updates, key=lambda moved: not moved.mapped)


def _fail_never_updated(runs: Sequence[StepRun], module: str) -> None:
    updated = any(m.module == module for run in runs for m in run.movements)
    changed = any(bool((run.evidence.weights[0][module] != run.evidence.weights[-1][module]).any()) for run in runs)
    if changed and not updated:
        cannot_judge(f"The weights of the {module} changed, but not in a step of an optimizer that was configured.")
    steps = sum(len(run.batches) for run in runs)
    _fail_on_early_zeroing(runs, module)
    leave_later_to_a_person(runs, f"the {module} is not updated", module)
    if not any(call.own for run in runs for call in run.evidence.calls if call.module == module):
        fail(
            f"The {module} of the `model` that `train_step` was given was never called: another one was trained.",
            "Use the argument `model`, no copy of it and no model from another cell.",
            mistake=Mistake.GIVEN_MODEL_NOT_TRAINED,
        )
    fail(
        f"The {module} was not updated by a gradient any more after the first few of {steps} training steps."
        if updated
        else f"The {module} was never updated by a gradient in {steps} training steps: it stays as it was initialized.",
        f"After the backward pass of its loss, step the optimizer that holds `model.{module}.parameters()`.",
        mistake=NEVER_UPDATED[module],
    )


def _fail_on_early_zeroing(runs: Sequence[StepRun], module: str) -> None:
    for run in runs:
        reached = any(name == module for name, _ in run.evidence.accumulations)
        stepped = [u.applied[module] for u in run.evidence.updates if module in u.applied]
        if reached and stepped and not any(bool(applied.gradient.any()) for applied in stepped):
            if not any(bool(a.gradient.any()) for a in run.evidence.arrivals if a.call.module == module):
                continue  # the loss itself has no gradient
            fail(
                f"The gradients of the {module} were all zero when its optimizer stepped, though a backward pass had "
                "filled them: the step applied nothing.",
                "The order is `zero_grad()`, `backward()`, `step()`.",
                mistake=Mistake.GRADIENTS_ZEROED_BEFORE_THE_STEP,
            )


def _fail_on_leftovers(updates: Sequence[Moved]) -> None:
    for moved in mapped_first(updates):
        leftover = sum(driver.share for driver in moved.drivers if driver.leftover)
        if leftover > MIN_SHARE:
            fail(
                f"{leftover:.0%} of an update of the {moved.movement.module} was left over from backward passes before "
                "its previous update: gradients add up until they are zeroed.",
                "Call `zero_grad()` before each backward pass whose gradients you want to apply.",
                mistake=Mistake.GRADIENTS_NOT_ZEROED,
            )
