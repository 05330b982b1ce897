"""A part of the hidden checks of a conditional model: the labels that D is to reject are drawn anew, from all classes.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the check of a training step
calls these; one step shows nothing of it, so they look at all steps of a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from checks.gan.updates import updates_of

DIGITS = 10  # classes of the homework's images
LEAST_LABELS = 14  # of a quarter of the classes: by chance once in 10^8
FEWEST = 4  # images whose labels are kept over three steps by chance once in 10^4, if there are ten classes
LEAST_AGAIN = 8  # times that a class comes in another step, with its one wrong label by chance once in 10^7
MANY = 7  # images whose labels all come again by chance once in 10^6


@dataclass(frozen=True)
class _Drawn:
    """The labels of the steps of a run that D was told to reject.

    `steps` holds, for each step and in the order of its images, the true label and the wrong one, without the images of
    which D was told to reject several.
    """

    run: StepRun
    steps: list[list[tuple[int, int]]]

    @property
    def classes(self) -> int:
        return int(self.run.probe.data["model"]["number_of_classes"])

    @property
    def labels(self) -> list[tuple[int, ...]]:
        """The wrong labels."""
        return [tuple(wrong for _, wrong in of_step) for of_step in self.steps]

    @property
    def shifts(self) -> list[tuple[int, ...]]:
        """How many classes after the true labels they are."""
        return [tuple((wrong - truth) % self.classes for truth, wrong in of_step) for of_step in self.steps]


def fail_on_wrong_labels_of_few_classes(step_runs: Sequence[StepRun]) -> None:
    """A step draws wrong labels of ten classes for a model of many more, or only such as are near the true ones."""
    for drawn in _wrong_labels(step_runs):
        for steps, said in ((drawn.labels, "above {}"), (drawn.shifts, "more than {} classes after the true one")):
            numbers = [number for of_step in steps for number in of_step]
            if len(numbers) >= LEAST_LABELS and drawn.classes >= 4 * DIGITS and max(numbers) < DIGITS:
                fail(
                    f"None of {len(numbers)} wrong labels of training steps is {said.format(max(numbers))}, though the "
                    f"model has {drawn.classes} classes.",
                    "Draw them for `model.number_of_classes` classes.",
                    mistake=Mistake.SIZES_HARD_CODED,
                )


def fail_on_old_wrong_labels(step_runs: Sequence[StepRun]) -> None:
    """The labels that D is to reject, or how far they are from the true ones, come again in later steps."""
    for drawn in _wrong_labels(step_runs):
        for numbers, what in ((drawn.labels, "are the same"), (drawn.shifts, "are as far from the true ones")):
            steps = [of_step for of_step in numbers if len(of_step) == drawn.run.batch_size]
            if len(steps) >= 3 and (_are_kept(steps) or _come_again(steps)):
                fail(
                    f"The wrong labels of the images {what} in several of {len(steps)} training steps: D then learns "
                    "which wrong labels to expect.",
                    "Draw them anew in each step.",
                    mistake=Mistake.WRONG_LABELS_NOT_FRESH,
                )
        if _follow_from_the_true_ones(drawn):
            fail(
                f"In all of {len(drawn.steps)} training steps the images of a class have one and the same wrong "
                "label: D then learns which wrong label to expect of each class.",
                "Draw them anew in each step.",
                mistake=Mistake.WRONG_LABELS_NOT_FRESH,
            )


def _follow_from_the_true_ones(drawn: _Drawn) -> bool:
    """Whether each class that comes in several steps has the same wrong label in all of them."""
    of_class: dict[int, list[set[int]]] = {}
    for of_step in drawn.steps:
        for truth in {truth for truth, _ in of_step}:
            of_class.setdefault(truth, []).append({wrong for other, wrong in of_step if other == truth})
    again = sum(len(steps) - 1 for steps in of_class.values())
    return again >= LEAST_AGAIN and all(len(set().union(*steps)) == 1 for steps in of_class.values())


def _are_kept(steps: Sequence[tuple[int, ...]]) -> bool:
    """Whether some images have the same number in every step."""
    return sum(len({*of_image}) == 1 for of_image in zip(*steps, strict=True)) >= FEWEST


def _come_again(steps: Sequence[tuple[int, ...]]) -> bool:
    """Whether two steps have the same numbers; one number for all images of a step may come again by chance."""
    several = [numbers for numbers in steps if len({*numbers}) > 1 and len(numbers) >= MANY]
    return len({*several}) < len(several)


def _wrong_labels(step_runs: Sequence[StepRun]) -> list[_Drawn]:
    """Those that D was told to reject, of each run."""
    found: dict[str, tuple[StepRun, dict[int, dict[int, set[tuple[int, int]]]]]] = {}
    for moved in updates_of(step_runs, "discriminator"):
        _, steps = found.setdefault(moved.run.name, (moved.run, {}))
        for part in (driver.part for driver in moved.drivers if driver.part.loss == "wrong down"):
            truth = moved.run.attribution.evidence.labels[part.call.step]
            for row in moved.run.attribution.rows[part.call.number]:
                if row.kind == "wrong":
                    of_image = steps.setdefault(part.call.step, {}).setdefault(row.index, set())
                    of_image.add((int(truth[row.index]), row.label))
    return [
        _Drawn(run, [[next(iter(p)) for _, p in sorted(of_step.items()) if len(p) == 1] for of_step in steps.values()])
        for run, steps in found.values()
    ]
