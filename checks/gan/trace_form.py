"""The form that a recorded trace must have before any check looks at it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this guards the way from the
trace to the verdict. A trace comes out of a process that a student controls, so its JSON and its tensors may be
anything; what is not of this form fails with that as its reason, and never reaches a check. Events are checked where
they are read, in `course_utils.gan.attribution.evidence`.
"""

from typing import Any

from jsonschema import Draft202012Validator

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from course_utils.gan.places import MODULES
from coursekit.trace import Trace, TraceError, named_tensor

MAX_VALUES = 100_000  # in the JSON of one trace; the right designs in solutions/hw2 leave at most 3,507
_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}  # a finite one: all others are strings by now
_ANY_NUMBER = {"anyOf": [_NUMBER, {"enum": ["inf", "-inf", "nan"]}]}
_FLAG = {"type": "boolean"}
_WEIGHTS = {
    "type": "object",
    "properties": dict.fromkeys(MODULES, _TEXT),
    "required": list(MODULES),
    "additionalProperties": False,
}
_ERROR = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(("type", "message", "line", "function"), _TEXT),
    "required": ["type", "message", "line", "function"],
}
_VALUE: dict[str, Any] = {  # what `course_utils.gan.described` says of a returned value
    "type": "object",
    "properties": {
        "type": _TEXT,
        "shape": {"type": "array", "items": {"type": "integer"}},
        "requires_grad": _FLAG,
        "value": {"type": ["number", "string"]},
    },
    "required": ["type"],
    "if": {"properties": {"type": {"const": "Tensor"}}},
    "then": {"required": ["shape", "requires_grad"]},
}
_EVENTS = {"type": "array", "items": {"type": "object", "required": ["event"]}}
_GROUP = {
    "type": "object",
    "properties": {"lr": _ANY_NUMBER, "parameters": {"type": "array", "items": {"type": ["string", "null"]}}},
    "required": ["lr", "parameters"],
}
_OPTIMIZER = {
    "type": "object",
    "properties": {
        "key": _TEXT,
        "kind": _TEXT,
        "is_optimizer": _FLAG,
        "groups": {"type": "array", "items": _GROUP},
    },
    "required": ["key", "kind", "is_optimizer", "groups"],
}


def _unless_error(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    """An object with `error`, and, where that is null, with all the rest."""
    return {
        "type": "object",
        "properties": {"error": _ERROR, **properties},
        "required": ["error"],
        "if": {"properties": {"error": {"type": "null"}}},
        "then": {"required": required},
    }


_RUN = _unless_error(
    ["returned", "is_mapping", "optimizers", "lr"],
    {"returned": _TEXT, "is_mapping": _FLAG, "lr": _NUMBER, "optimizers": {"type": "array", "items": _OPTIMIZER}},
)
_STEP = _unless_error(
    ["returned", "is_mapping", "losses", "x_real"],
    {
        "returned": _TEXT,
        "is_mapping": _FLAG,
        "losses": {"type": "object", "additionalProperties": _VALUE},
        "x_real": _TEXT,
        "h": _TEXT,
    },
)
_LOSS = _unless_error(
    ["loss", "x_real", "z", "events"],
    {"loss": _VALUE, **dict.fromkeys(("x_real", "h", "h_wrong", "z"), _TEXT), "events": _EVENTS},
)
_DRAWN = {
    **_VALUE,
    "properties": {**_VALUE["properties"], "labels": _TEXT},
    "then": {"required": ["shape", "requires_grad", "labels"]},
}
_LABELS = _unless_error(["drawn", "h"], {"drawn": {"type": "array", "items": _DRAWN}, "h": _TEXT})
_STEPS = _unless_error(["steps", "events"], {"steps": {"type": "array", "items": _STEP}, "events": _EVENTS})
_WAY = {
    "type": "object",
    "properties": {"optimizers": _ANY_NUMBER, "else": _ANY_NUMBER},
    "required": ["optimizers", "else"],
}
_WAYS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"step": {"type": "integer"}, "game": _FLAG, **dict.fromkeys(MODULES, _WAY)},
        "required": ["step", *MODULES],
    },
}
_TRAINING = _unless_error(["weights", "ways"], {"weights": _WEIGHTS, "wide": _FLAG, "ways": _WAYS})
_SCHEMAS: dict[str, dict[str, Any]] = {
    "optimizers": {
        "type": "object",
        "properties": {"runs": {"type": "array", "items": _RUN}},
        "required": ["runs"],
    },
    "wrong_labels": {
        "type": "object",
        "properties": {"runs": {"type": "array", "items": _LABELS}},
        "required": ["runs"],
    },
    "losses": _LOSS,
    "train_step": {**_STEPS, "required": ["error", "steps", "events"]},
    "convergence": _TRAINING,
}
_VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in _SCHEMAS.items()}  # of schemas known to be good
KINDS = frozenset(_SCHEMAS)
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
        well_formed = _VALIDATORS[kind].is_valid(data)
    except RecursionError:
        well_formed = False
    if not well_formed:
        raise TraceError(f"The trace {name} does not have the form that the test cells write.")
    count = COUNTS.get(kind)
    if count and not _ended_early(data) and len(data[count[0]]) != len(probe.data[count[1]]):
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
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += len(inner)
        waiting += inner
    return count > most


def _ended_early(data: dict[str, Any]) -> bool:
    return data.get("error") is not None or any(step["error"] is not None for step in data.get("steps", []))
