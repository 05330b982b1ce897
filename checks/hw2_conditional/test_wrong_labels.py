"""Hidden checks of TODO 2: wrong labels are wrong, and drawn evenly, anew at each call."""

from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.checks.outcome import fail, not_checked
from autograder.checks.plugin import TraceFolder
from checks.gan.mistakes import Mistake
from checks.gan.student_errors import Error, Experiment, fail_on_errors
from checks.hw2_conditional.probes import HOMEWORK
from coursekit.trace import Trace, named_tensor

CELL = "check_wrong_labels"
NAME = "draw_wrong_labels"
# The largest of some z scores, of at most 90 pairs of labels: P(any > 6.5) is below 1e-8 for even draws.
LARGEST_Z = 6.5


@pytest.fixture(scope="module")
def wrong_labels(trace: TraceFolder) -> tuple[Trace, Trace]:
    ((name, probe),) = trace.probes("wrong_labels").items()
    return probe, trace.recorded(name)


@pytest.mark.check(cell=CELL, points=0.5)
def test_wrong_labels_are_wrong(wrong_labels: tuple[Trace, Trace]) -> None:
    """Each label is replaced by another one that exists, and the given labels stay as they are."""
    probe, recorded = wrong_labels
    runs = recorded.data["runs"]
    numbers = probe.data["numbers_of_classes"]
    tried = [(f"labels of {n} classes", Error.of(run["error"]), n) for n, run in zip(numbers, runs, strict=True)]
    fail_on_errors(NAME, [Experiment(on, error, usual=n == HOMEWORK["number_of_classes"]) for on, error, n in tried])
    for number, run, reference in zip(numbers, runs, probe.data["labels"], strict=True):
        h = named_tensor(probe, reference)
        if not torch.equal(named_tensor(recorded, run["h"]), h):
            fail(
                f"`{NAME}` changed the labels `h` that it was given: later code takes wrong labels for true ones.",
                "Make a new tensor instead of changing `h` in place.",
                mistake=Mistake.LABELS_CHANGED_IN_PLACE,
            )
        for drawn in run["drawn"]:
            _fail_unless_wrong(h, number, drawn, recorded)


def _fail_unless_wrong(h: Tensor, number: int, drawn: dict[str, Any], recorded: Trace) -> None:
    if drawn["type"] != "Tensor":
        fail(
            f"`{NAME}` returned {drawn['type']}, expected a tensor of integers of shape (n,).",
            "Return a tensor with one label for each label in `h`.",
            mistake=Mistake.WRONG_RETURN_VALUE,
        )
    wrong = named_tensor(recorded, drawn["labels"])
    if wrong.shape != h.shape or wrong.is_floating_point() or wrong.is_complex() or wrong.dtype == torch.bool:
        fail(
            f"`{NAME}` returned {str(wrong.dtype).removeprefix('torch.')} of shape {tuple(wrong.shape)}, expected "
            f"integers of shape {tuple(h.shape)}: the networks take whole numbers for labels.",
            "Return integers in the shape of `h`.",
            mistake=Mistake.WRONG_RETURN_VALUE,
        )
    outside = int(((wrong < 0) | (wrong >= number)).sum())
    if outside:
        fail(
            f"With {number} classes, {outside} of {len(h)} labels from `{NAME}` lie outside 0 to {number - 1}.",
            "Use the argument `number_of_classes`, and go on at 0 behind the last class, for example with `%`.",
            mistake=Mistake.LABELS_OUT_OF_RANGE,
        )
    same = int((wrong == h).sum())
    if same:
        fail(
            f"{same} of {len(h)} labels from `{NAME}` are the true ones: D is then told to reject what it is told to "
            "accept elsewhere.",
            "Draw among the other classes only.",
            mistake=Mistake.WRONG_LABELS_NOT_WRONG,
        )


@pytest.mark.check(cell=CELL, points=0.5, needs=["wrong_labels_are_wrong"])
def test_wrong_labels_are_drawn_evenly(wrong_labels: tuple[Trace, Trace]) -> None:
    """Each of the other classes is equally probable, for every label and at every call."""
    probe, recorded = wrong_labels
    for number, run, reference in zip(
        probe.data["numbers_of_classes"], recorded.data["runs"], probe.data["labels"], strict=True
    ):
        h = named_tensor(probe, reference)
        drawn = [named_tensor(recorded, entry["labels"]).long() for entry in run["drawn"]]
        if not drawn:
            not_checked("No wrong labels were recorded.")
        again = number > 2 and all(torch.equal(labels, drawn[0]) for labels in drawn[1:])
        if again and not _is_rule(h, drawn[0]):
            fail(
                f"`{NAME}` draws the same labels every time it is called.",
                "Set no seed inside the function.",
                mistake=Mistake.WRONG_LABELS_NOT_FRESH,
            )
        for labels in drawn:
            _fail_unless_even(h, labels, number)


def _is_rule(h: Tensor, wrong: Tensor) -> bool:
    """Whether each label has one wrong label of its own: then nothing was drawn, and no seed was set."""
    return len(torch.stack([h, wrong]).unique(dim=1).T) == len(h.unique())


def _fail_unless_even(h: Tensor, wrong: Tensor, number: int) -> None:
    """Pairs (true, wrong) are counted against the binomial distribution of even draws."""
    counts = torch.zeros(number, number).index_put_((h, wrong), torch.ones(()), accumulate=True)
    share = 1 / (number - 1)
    expected = counts.sum(dim=1, keepdim=True) * share  # (number, 1)
    z = (counts - expected) / (expected * (1 - share)).clamp(min=1e-9).sqrt()
    z.fill_diagonal_(0)
    if number > 2 and float(z.abs().max()) > LARGEST_Z:
        true, seen = divmod(int(z.abs().argmax()), number)
        fail(
            f"With {number} classes, `{NAME}` turned the label {true} into {seen} in {int(counts[true, seen])} of "
            f"{int(counts[true].sum())} cases, expected about {int(expected[true, 0])}: D then learns which wrong "
            "labels to expect, instead of looking at the image.",
            "Let each of the other classes be equally probable, and draw for each label on its own.",
            mistake=Mistake.WRONG_LABELS_NOT_EVEN,
        )
