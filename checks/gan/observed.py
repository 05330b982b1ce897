"""What was observed in the probes of losses and training steps, ready for the checks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between the trace
and the verdict: it pairs each probe with what was recorded for it and has the gradients attributed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from weakref import WeakKeyDictionary, ref

from torch import Tensor

from autograder.checks.outcome import CheckEnded, cannot_judge, fail
from autograder.checks.plugin import TraceFolder
from autograder.checks.sizes import TraceTooLargeError
from checks.gan.mistakes import Mistake
from checks.gan.student_errors import Experiment, experiment
from course_utils.gan.attribution.attribute import Attribution, attribute
from course_utils.gan.attribution.evidence import Evidence
from course_utils.gan.attribution.parts import Part
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.attribution.updates import Movement, explain_updates
from course_utils.gan.places import MODULES
from coursekit.trace import Trace, TraceError, named_tensor

GIVEN = ("x_real", "h", "h_wrong", "z")  # tensors of a probe of losses; those with h are for conditional models
MAPPED = "train_step-16"  # the probe whose last step the gradient map shows
HOMEWORK = "homework"  # probes of the homework's own sizes end with this


@dataclass(frozen=True, eq=False)
class LossRun:
    """One loss function called alone on one probe."""

    loss: str
    name: str
    probe: Trace
    trace: Trace

    @property
    def data(self) -> dict[str, Any]:
        return self.trace.data

    @property
    def given(self) -> dict[str, Tensor]:
        """What the functions were given: images and latent vectors and, in a conditional model, labels."""
        return {name: named_tensor(self.probe, self.probe.data[name]) for name in GIVEN if name in self.probe.data}

    @property
    def x_real(self) -> Tensor:
        return self.given["x_real"]  # (batch, input_size)

    @property
    def z(self) -> Tensor:
        return self.given["z"]  # (batch, latent_size)

    @property
    def labels(self) -> list[Tensor]:
        """The labels of the images, (batch,); none for a model without labels."""
        return [self.given["h"]] if "h" in self.given else []

    @property
    def experiment(self) -> Experiment:
        return experiment(self.probe, len(self.x_real), self.data["error"])

    @cached_property
    def attribution(self) -> Attribution:
        evidence = read_evidence(self.probe, self.trace, [self.x_real], self.labels)
        _fail_on_swapped_arguments(f"{self.loss}_loss", evidence)
        _fail_on_infinite_gradients(f"{self.loss}_loss", evidence)
        return attribute(evidence)

    def parts(self, module: str) -> list[Part]:
        """The named parts of the gradient that reached a module."""
        backwards = self.attribution.evidence.backward_times()
        return [part for backward in backwards for part in self.attribution.of(module, backward)]

    def reached(self, module: str) -> bool:
        """Whether the backward pass added to the gradients of the model's own module at all."""
        return any(name == module for name, _ in self.attribution.evidence.accumulations)


@dataclass(frozen=True, eq=False)
class StepRun:
    """Some training steps on one probe.

    `later` says what went on in the short training run, long after its first steps: the modules that optimizers moved,
    and `"game"` if D sent gradients back to images.
    """

    name: str
    probe: Trace
    trace: Trace
    later: Callable[[], frozenset[str]] = frozenset

    @property
    def data(self) -> dict[str, Any]:
        return self.trace.data

    @property
    def light(self) -> bool:
        """Only whether the steps ran was recorded."""
        return bool(self.probe.data["light"])

    @property
    def lr(self) -> float:
        return float(self.probe.data["lr"])

    @property
    def batches(self) -> list[Tensor]:
        return [named_tensor(self.probe, reference) for reference in self.probe.data["batches"]]

    @property
    def labels(self) -> list[Tensor]:
        """The labels of each batch; none for a model without labels."""
        return [named_tensor(self.probe, reference) for reference in self.probe.data.get("labels", ())]

    @property
    def batch_size(self) -> int:
        return len(self.batches[0])

    @property
    def experiments(self) -> list[int]:
        """The steps that were taken again with something moved."""
        return list(self.probe.data.get("experiments", ()))

    @cached_property
    def evidence(self) -> Evidence:
        evidence = read_evidence(self.probe, self.trace, self.batches, self.labels)
        if len(evidence.weights) != len(self.batches) + 1:
            raise TraceError(f"The trace {self.name} does not mark each of its steps.")
        return evidence

    @cached_property
    def attribution(self) -> Attribution:
        _fail_on_infinite_gradients("train_step", self.evidence)
        return attribute(self.evidence)

    @cached_property
    def movements(self) -> tuple[Movement, ...]:
        return explain_updates(self.attribution)

    def error(self) -> dict[str, Any] | None:
        """What the configuration or a step raised."""
        errors = [self.data["error"], *(step["error"] for step in self.data["steps"])]
        return next((error for error in errors if error is not None), None)

    @property
    def experiment(self) -> Experiment:
        began = self.data["error"] is None and self.data["steps"][0]["error"] is None
        return experiment(self.probe, self.batch_size, self.error(), began=began)


def _fail_on_swapped_arguments(function: str, evidence: Evidence) -> None:
    """`binary_cross_entropy(labels, scores)`: torch cuts off its value, but not its gradient in the labels."""
    of_d = [arrival for arrival in evidence.arrivals if arrival.call.module == "discriminator"]
    if of_d and all(bool(a.call.outputs.isfinite().all()) and not bool(a.gradient.isfinite().any()) for a in of_d):
        fail(
            f"In `{function}` the gradient at every one of D's scores is infinite, though the scores are not: the "
            "cross-entropy takes the logarithm of the labels, not of the scores.",
            "`binary_cross_entropy` takes the scores first and the labels second.",
            mistake=Mistake.NOT_BINARY_CROSS_ENTROPY,
        )


def _fail_on_infinite_gradients(function: str, evidence: Evidence) -> None:
    tensors = [arrival.gradient for arrival in evidence.arrivals] + [call.outputs for call in evidence.calls]
    tensors += [applied.gradient for update in evidence.updates for applied in update.applied.values()]
    if not all(bool(tensor.isfinite().all()) for tensor in tensors):
        fail(
            f"In `{function}` some gradients or outputs are infinite or no numbers at all, which ruins all weights.",
            "Look for the logarithm of 0, a division by 0, or steps that are far too large.",
            mistake=Mistake.LOSS_NOT_FINITE,
        )


def read_loss_runs(trace: TraceFolder, loss: str) -> tuple[LossRun, ...]:
    probes = trace.probes("losses")
    runs = (LossRun(loss, name, probe, trace.recorded(name, loss)) for name, probe in probes.items())
    return tuple(sorted(runs, key=lambda run: -len(run.x_real)))  # the more images, the more can be told


def read_step_runs(trace: TraceFolder) -> tuple[StepRun, ...]:
    """The runs of all probes of steps. The check ends if one is too large, unless an error is there to be told."""
    runs = []
    too_large = False
    for name in trace.probes("train_step"):
        try:
            runs.append(read_step_run(trace, name))
        except TraceTooLargeError:
            too_large = True
    if any(run.error() for run in runs if run.lr > 0):
        return tuple(runs)
    if too_large:
        _fail_on_one_number_of_samples([run for run in runs if not run.light and not run.error()])
        cannot_judge(
            "`train_step` does so much in a step, or with so many images, that what was recorded of it is too large "
            "to be judged; a person will look at it."
        )
    return tuple(run for run in runs if run.lr > 0 or not run.error())  # a design may refuse a learning rate of 0


def _fail_on_one_number_of_samples(runs: Sequence[StepRun]) -> None:
    """More images than any mini-batch has, and equally many whatever that is."""
    sizes = sorted({run.batch_size for run in runs})
    rows = [{len(call.inputs) for call in run.evidence.calls if call.module == "generator"} for run in runs]
    many = [n for n in set.intersection(*rows) if n > sizes[-1]] if len(sizes) > 1 else []
    if many:
        fail(
            f"`train_step` called G on {many[0]} vectors at once, for mini-batches of "
            f"{' and of '.join(map(str, sizes))} images.",
            "Draw z of shape `(x_real.shape[0], model.latent_size)`: one latent vector for each image.",
            mistake=Mistake.Z_WRONG_SHAPE,
        )


def read_step_run(trace: TraceFolder, name: str) -> StepRun:
    """The run of one probe; each is read, and so attributed, once."""
    runs = _STEP_RUNS.setdefault(trace, {})
    if name not in runs:
        later = partial(_seen_later, ref(trace))  # which would stay for ever, if its own runs held it
        runs[name] = StepRun(name, trace.asked(name), trace.recorded(name), later)
    return runs[name]


def _seen_later(reference: ref[TraceFolder]) -> frozenset[str]:
    """In the short training run; nothing where there is none, or none that can be read, which its own check says."""
    found: set[str] = set()
    trace = reference()
    assert trace is not None  # whoever judges holds it
    for name, probe in trace.probes("convergence").items():
        try:
            ways = trace.recorded(name).data.get("ways", ())
        except (TraceError, CheckEnded):
            continue
        late = [way for way in ways if way["step"] >= probe.data["log_every"]]
        found |= {m for m in MODULES if any(float(way[m]["optimizers"]) > 0 for way in late)}
        found |= {"game"} if any(way.get("game") for way in late) else set()
    return frozenset(found)


_STEP_RUNS: WeakKeyDictionary[TraceFolder, dict[str, StepRun]] = WeakKeyDictionary()
