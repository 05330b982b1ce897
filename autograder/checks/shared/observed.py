"""What was observed in the probes of losses and training steps, ready for the checks.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between the trace
and the verdict: it pairs each probe with what was recorded for it and has the gradients attributed.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from torch import Tensor

from autograder.checks.outcome import fail
from autograder.checks.plugin import TraceFolder
from course_utils.attribution.evidence import Evidence, read_evidence
from course_utils.attribution.parts import Attribution, Part, attribute
from course_utils.attribution.updates import Movement, explain_updates
from course_utils.trace import Trace, TraceError, named_tensor

GIVEN = ("x_real", "h", "h_wrong", "z")  # tensors of a probe of losses; those with h are for conditional models
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

    @cached_property
    def attribution(self) -> Attribution:
        evidence = read_evidence(self.probe, self.trace, [self.x_real], self.labels)
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
    """Some training steps on one probe."""

    name: str
    probe: Trace
    trace: Trace

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


def _fail_on_infinite_gradients(function: str, evidence: Evidence) -> None:
    tensors = [arrival.gradient for arrival in evidence.arrivals] + [call.outputs for call in evidence.calls]
    tensors += [applied.gradient for update in evidence.updates for applied in update.applied.values()]
    if not all(bool(tensor.isfinite().all()) for tensor in tensors):
        fail(
            f"In `{function}` some gradients or outputs are infinite or no numbers at all, which ruins all weights.",
            "Look for the logarithm of 0, a division by 0, or steps that are far too large.",
            mistake="loss-not-finite",
        )


def read_loss_runs(trace: TraceFolder, loss: str) -> tuple[LossRun, ...]:
    probes = trace.probes("losses")
    runs = (LossRun(loss, name, probe, trace.recorded(name, loss)) for name, probe in probes.items())
    return tuple(sorted(runs, key=lambda run: -len(run.x_real)))  # the more images, the more can be told


def read_step_runs(trace: TraceFolder) -> tuple[StepRun, ...]:
    probes = trace.probes("train_step")
    return tuple(StepRun(name, probe, trace.recorded(name)) for name, probe in probes.items())


def fail_on_errors(function: str, errors: dict[str, dict[str, Any] | None]) -> None:
    """Fail if the function raised on any probe; `errors` holds the error, or None, of each probe by name."""
    raised = {name: error for name, error in errors.items() if error is not None}
    if not raised:
        return
    error = next(iter(raised.values()))
    if error["type"] == "NameError" and function in error["message"]:
        fail(
            f"`{function}` is not defined.",
            "Write it under exactly this name; the notebook shows its arguments.",
            mistake="function-missing",
        )
    if any(word in error["message"] for word in ("CUDA", "cuda", "NVIDIA", "MPS")):
        fail(
            f"`{function}` needs a GPU, but not every machine has one: {error['type']}: {error['message']}.",
            "Make new tensors where the others are: `device=x_real.device`, or `torch.ones_like(...)`.",
            mistake="device-hard-coded",
        )
    said = f"{error['type']}: {error['message']}".strip().rstrip(".")
    where = f" at `{error['line']}`" if error["line"] else ""
    if error["type"] == "NotImplementedError":
        fail(
            f"`{function}` is not written yet: it raised NotImplementedError.",
            "Replace the placeholder by your own code and run the cell again.",
            mistake="not-implemented",
        )
    if set(raised) <= {name for name in errors if name.endswith("-1")}:
        fail(
            f"`{function}` stopped with an error for a mini-batch of a single image: {said}{where}. The last "
            "mini-batch of an epoch may be as small as that.",
            "Keep the shape of what D returns, `(batch, 1)`; a `squeeze()` also removes a batch of one.",
            mistake="function-raises",
        )
    if not any(name.endswith(HOMEWORK) for name in raised):
        sizes = ", ".join(sorted(name.rpartition("-")[2] for name in raised))
        fail(
            f"`{function}` runs with the homework's own sizes, but not with others (it failed for mini-batches of "
            f"{sizes}): {said}{where}. The last mini-batch of an epoch is smaller, too.",
            "Take sizes from what you are given, such as `x_real.shape[0]` and `model.latent_size`, "
            "instead of writing numbers.",
            mistake="sizes-hard-coded",
        )
    fail_with_error(function, said + where)


def fail_with_error(function: str, said: str) -> NoReturn:
    fail(
        f"`{function}` stopped with an error: {said}.",
        "Run the cell on your machine: the message names the line. Restarting the kernel and running all cells "
        "from the top also shows names that only exist by accident.",
        mistake="function-raises",
    )
