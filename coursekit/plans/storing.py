"""How answers stand in a trace: JSON, with the tensors by name.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the last thing that is
done in the sandbox. What is written here is read by the autograder at one typed door, which trusts none of it.
"""

from collections.abc import Iterable
from typing import Any

from torch import Tensor

from coursekit.plans import answers
from coursekit.plans.answers import Answer
from coursekit.plans.values import DTYPES, Elements, Items, Other, Plain, TensorValue, Value, key_value
from coursekit.trace import Trace, is_long, number_for_json


def store_answers(told: Iterable[Answer]) -> Trace:
    """A trace that holds the answers."""
    trace = Trace()
    trace.data = {"answers": [_answer(answer, trace) for answer in told]}
    return trace


def _answer(answer: Answer, trace: Trace) -> dict[str, Any]:
    match answer:
        case answers.Problem():
            told = {name: getattr(answer, name) for name in ("type", "message", "line", "function", "step", "turns")}
            return {"gives": "problem", "kind": answer.kind.value, **told, "bases": list(answer.bases)}
        case answers.Returned(value, printed, changed, dropped):
            told = {"printed": printed, "changed": list(changed), "dropped": dropped}
            return {"gives": "value", "value": _value(value, trace), **told}
        case answers.Built(shapes):
            return {"gives": "module", "shapes": {name: list(shape) for name, shape in shapes.items()}}
        case answers.Reached(cut, parts):
            named = {part: _tensors(tensors.items(), trace) for part, tensors in parts.items()}
            return {"gives": "gradients", "cut": cut, "parts": named}
        case answers.Held(tensors, training):
            return {"gives": "tensors", "tensors": _tensors(tensors.items(), trace), "training": training}
        case answers.Groups(groups):
            told_groups = [{"lr": number_for_json(group.lr), "parameters": list(group.parameters)} for group in groups]
            return {"gives": "groups", "groups": told_groups}
        case answers.Figures(figures):
            return {"gives": "figures", "figures": [[_axes(axes, trace) for axes in figure] for figure in figures]}
    return {"gives": "nothing"}


def _value(value: Value, trace: Trace) -> dict[str, Any]:
    match value:
        case TensorValue(tensor, is_array, requires_grad):
            return {"is": "tensor", "tensor": trace.store(tensor), "array": is_array, "requires_grad": requires_grad}
        case Plain(int() as number) if not isinstance(number, bool) and is_long(number):
            return {"is": "whole", "digits": str(number)}
        case Plain(int() | float() as number) if not isinstance(number, bool):
            return {"is": "number", "number": number_for_json(number)}
        case Plain(complex() as number):
            return {"is": "complex", "real": number_for_json(number.real), "imag": number_for_json(number.imag)}
        case Plain(bytes() as data):
            return {"is": "bytes", "hex": data.hex()}
        case Plain(inner):
            return {"is": "plain", "plain": inner}
        case Elements(elements):
            return {"is": "set", "elements": [_value(key_value(one), trace) for one in elements]}
        case Items(kind, items, keys):
            told_keys = [_value(key_value(key), trace) for key in keys]
            return {"is": kind, "items": [_value(item, trace) for item in items], "keys": told_keys}
        case Other(name, why):
            return {"is": "other", "type": name, "why": why}


def _tensors(named: Iterable[tuple[str, Tensor | None]], trace: Trace) -> dict[str, str | None]:
    return {name: trace.store(t) if t is not None and t.dtype in DTYPES else None for name, t in named}


def _axes(axes: answers.Axes, trace: Trace) -> dict[str, Any]:
    return {
        "title": axes.title,
        "x_label": axes.x_label,
        "y_label": axes.y_label,
        "lines": [trace.store(line) for line in axes.lines],
        "labels": list(axes.labels),
        "images": axes.images,
        "bars": [trace.store(chart) for chart in axes.bars],
    }
