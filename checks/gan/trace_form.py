"""The form that a recorded trace must have before any check looks at it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this guards the way from the
trace to the verdict. A trace comes out of a process that a student controls, so its JSON and its tensors may be
anything; what is not of this form fails with that as its reason, and never reaches a check. Events are checked where
they are read, in `course_utils.gan.attribution.evidence`.
"""

from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from coursekit.trace import Trace, TraceError, named_tensor

MAX_VALUES = 100_000  # in the JSON of one trace; the right designs in solutions/hw2 leave at most 3,507
_Number = float | Literal["inf", "-inf", "nan"]


class _Record(msgspec.Struct):
    """Some keys of an object of JSON; those of `required` may be absent only where it says so itself."""

    required: ClassVar[tuple[str, ...]] = ()

    def is_complete(self) -> bool:
        return all(getattr(self, name) is not UNSET for name in self.required)

    def __post_init__(self) -> None:
        if not self.is_complete():
            raise ValueError("something is missing")


class _Error(msgspec.Struct):
    type: str
    message: str
    line: str
    function: str


class _UnlessError(_Record):
    """It has an error or, where that is null, all that is required."""

    error: _Error | None

    def is_complete(self) -> bool:
        return self.error is not None or super().is_complete()


class _Value(_Record):
    """What `course_utils.gan.described` says of a returned value."""

    required = ("shape", "requires_grad")
    type: str
    shape: list[int] | UnsetType = UNSET
    requires_grad: bool | UnsetType = UNSET
    value: float | str | UnsetType = UNSET

    def is_complete(self) -> bool:
        return self.type != "Tensor" or super().is_complete()


class _Drawn(_Value):
    labels: str | UnsetType = UNSET

    def is_complete(self) -> bool:
        return self.type != "Tensor" or (super().is_complete() and self.labels is not UNSET)


class _Weights(msgspec.Struct, forbid_unknown_fields=True):
    encoder: str
    generator: str
    discriminator: str


class _Event(msgspec.Struct):
    event: Any


class _Group(msgspec.Struct):
    lr: _Number
    parameters: list[str | None]


class _Optimizer(msgspec.Struct):
    key: str
    kind: str
    is_optimizer: bool
    groups: list[_Group]


class _Run(_UnlessError):
    required = ("returned", "is_mapping", "optimizers", "lr")
    returned: str | UnsetType = UNSET
    is_mapping: bool | UnsetType = UNSET
    lr: float | UnsetType = UNSET
    optimizers: list[_Optimizer] | UnsetType = UNSET


class _Runs(msgspec.Struct):
    runs: list[_Run]


class _Labels(_UnlessError):
    required = ("drawn", "h")
    drawn: list[_Drawn] | UnsetType = UNSET
    h: str | UnsetType = UNSET


class _WrongLabels(msgspec.Struct):
    runs: list[_Labels]


class _Loss(_UnlessError):
    required = ("loss", "x_real", "z", "events")
    loss: _Value | UnsetType = UNSET
    x_real: str | UnsetType = UNSET
    h: str | UnsetType = UNSET
    h_wrong: str | UnsetType = UNSET
    z: str | UnsetType = UNSET
    events: list[_Event] | UnsetType = UNSET


class _Step(_UnlessError):
    required = ("returned", "is_mapping", "losses", "x_real")
    returned: str | UnsetType = UNSET
    is_mapping: bool | UnsetType = UNSET
    losses: dict[str, _Value] | UnsetType = UNSET
    x_real: str | UnsetType = UNSET
    h: str | UnsetType = UNSET


class _Steps(_UnlessError):
    steps: list[_Step]
    events: list[_Event]


class _Way(msgspec.Struct, rename={"others": "else"}):
    optimizers: _Number
    others: _Number


class _Ways(msgspec.Struct):
    step: int
    encoder: _Way
    generator: _Way
    discriminator: _Way
    game: bool | UnsetType = UNSET


class _Training(_UnlessError):
    required = ("weights", "ways")
    weights: _Weights | UnsetType = UNSET
    wide: bool | UnsetType = UNSET
    ways: list[_Ways] | UnsetType = UNSET


_FORMS: dict[str, type[msgspec.Struct]] = {
    "optimizers": _Runs,
    "wrong_labels": _WrongLabels,
    "losses": _Loss,
    "train_step": _Steps,
    "convergence": _Training,
}
KINDS = frozenset(_FORMS)
# For these kinds as many of the first, in the trace, as of the second, in the probe.
COUNTS = {"optimizers": ("runs", "lrs"), "wrong_labels": ("runs", "labels"), "train_step": ("steps", "batches")}


def require_form(probe: Trace, trace: Trace, name: str) -> Trace:
    """The trace itself, if it has the form of an answer to the probe.

    Raises:
        TraceError: it has not; the message names the trace.
        CheckEnded: a model has been brought to a type that no model can have.
    """
    kind, data = probe.data["kind"], trace.data
    if _has_more_values(data, MAX_VALUES):
        raise TraceError(f"The trace {name} has more than {MAX_VALUES:,} values.")
    try:
        msgspec.convert(data, _FORMS[kind])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise TraceError(f"The trace {name} does not have the form that the test cells write.") from error
    count = COUNTS.get(kind)
    if count and not _ended_early(kind, data) and len(data[count[0]]) != len(probe.data[count[1]]):
        raise TraceError(f"The trace {name} does not have as many {count[0]} as the probe asks for.")
    if any(tensor.is_complex() for tensor in trace.tensors.values()) and kind != "wrong_labels":
        fail(
            "Among the weights, images or gradients are complex numbers, where the models have real ones.",
            "Leave the weights of a model in a real type, such as float32.",
            mistake=Mistake.COMPLEX_NUMBERS,
        )
    if kind == "convergence":
        _require_weights(probe, trace, name)
    return trace


def _require_weights(probe: Trace, trace: Trace, name: str) -> None:
    """The trained weights are as many as those before training, and of a type that weights may have."""
    before = probe.data["wide_weights" if trace.data.get("wide") else "weights"]
    for module, reference in trace.data["weights"].items():
        weights = named_tensor(trace, reference)
        if weights.shape != named_tensor(probe, before[module]).shape or not weights.is_floating_point():
            raise TraceError(f"The trace {name} holds weights of the {module} that its model cannot have.")


def _has_more_values(data: Any, most: int) -> bool:
    """Whether it holds more than `most` values, at any depth; checking a form costs far more than counting."""
    waiting, count = [data], 0
    while waiting and count <= most:
        value = waiting.pop()
        inner = value.values() if type(value) is dict else value
        count += len(inner)
        waiting += [one for one in inner if type(one) is dict or type(one) is list]
    return count > most


def _ended_early(kind: str, data: dict[str, Any]) -> bool:
    """Whether steps ended with an error; the other kinds go on after one."""
    return kind == "train_step" and (data["error"] is not None or any(s["error"] is not None for s in data["steps"]))
