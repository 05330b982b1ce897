"""The door: what came back for a plan is read here, once, into records that the checks can rely on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between the trace and
the checks. A trace comes out of a process that a student controls, so nothing in it is believed: each answer must be of
a kind that its step can give, and each number, name, shape and tensor of the type that its place has. What is not fails
with its reason, and costs the checks that look at this plan.
"""

from typing import Any

import msgspec
from torch import Tensor

from autograder.plans.form import (
    AxesForm,
    BytesForm,
    ComplexForm,
    DictForm,
    FiguresForm,
    GradientsForm,
    GroupsForm,
    ListForm,
    ModuleForm,
    NumberForm,
    PlainForm,
    ProblemForm,
    ReturnedForm,
    SetForm,
    TensorForm,
    TensorsForm,
    ToldForm,
    TraceForm,
    TupleForm,
    ValueForm,
    WholeForm,
)
from coursekit.plans import answers, steps
from coursekit.plans.answers import Answer, Problem, ProblemKind
from coursekit.plans.values import MAX_PARTS, Elements, Items, Key, Other, Plain, TensorValue, Value, value_key
from coursekit.trace import Trace, TraceError, named_tensor

MAX_TOLD = 20_000  # characters of a name or a message; the interpreter writes 500 at most
_GIVES: dict[type[Any], tuple[type[Any], ...]] = {  # what a step gives, where it gives anything
    steps.Call: (answers.Returned,),
    steps.Module: (answers.Built,),
    steps.Gradient: (answers.Reached,),
    steps.State: (answers.Held, answers.Groups),
    steps.HeldGradients: (answers.Held,),
    steps.Draw: (answers.Figures,),
}


def read_answers(asked: Trace, recorded: Trace, name: str) -> tuple[Answer, ...]:
    """The answers in a trace, which fit the steps of the plan.

    Args:
        asked: the plan, as it was written.
        recorded: what came back.
        name: of the plan.

    Raises:
        TraceError: they do not.
    """
    plan = steps.read_plan(asked)
    try:
        told = msgspec.convert(recorded.data, TraceForm).answers
    except (msgspec.ValidationError, RecursionError) as error:
        reason = str(error)[:200] if isinstance(error, msgspec.ValidationError) else "it is nested too deeply"
        raise TraceError(f"The trace {name} does not have the form that the test cells write: {reason}.") from None
    if len(told) != len(plan.steps):
        raise TraceError(f"The trace {name} holds {len(told)} answers, and the plan {len(plan.steps)} steps.")
    read = tuple(_answer(answer, recorded) for answer in told)
    for number, (step, answer) in enumerate(zip(plan.steps, read, strict=True)):
        if not isinstance(answer, (*_GIVES.get(type(step), (answers.Done,)), Problem)):
            raise TraceError(f"The trace {name} answers step {number} with what that step cannot give.")
        if isinstance(answer, Problem):
            _require_possible(answer, number, step, read, name)
        if (
            isinstance(step, steps.Gradient)
            and isinstance(answer, answers.Reached)
            and set(answer.parts) != set(step.at)
        ):
            raise TraceError(f"The trace {name} tells of other gradients than it was asked for.")
    return read


def _require_possible(problem: Problem, number: int, step: steps.Step, read: tuple[Answer, ...], name: str) -> None:
    """A skipped step needs an earlier one that had a problem of its own; any other problem is the step's own."""
    skipped = problem.kind is ProblemKind.SKIPPED
    root = read[problem.step] if 0 <= problem.step < number else None
    if skipped and not (isinstance(root, Problem) and root.kind is not ProblemKind.SKIPPED):
        raise TraceError(f"The trace {name} skips step {number} for no reason.")
    if not skipped and problem.step != number:
        raise TraceError(f"The trace {name} tells of a problem of another step.")
    if problem.turns < 0 or problem.turns > (getattr(step, "times", None) or 1):
        raise TraceError(f"The trace {name} tells of {problem.turns} calls, which were not asked for.")


def _answer(told: ToldForm, trace: Trace) -> Answer:
    match told:
        case ReturnedForm():
            changed = tuple(_text(name) for name in told.changed[:MAX_PARTS])
            return answers.Returned(_value(told.value, trace), told.printed, changed, told.dropped)
        case ModuleForm():
            if any(extent < 0 for shape in told.shapes.values() for extent in shape):
                raise TraceError("The trace tells of a shape that no tensor has.")
            _require_small(told.shapes)
            return answers.Built({name: tuple(shape) for name, shape in told.shapes.items()})
        case GradientsForm():
            parts = {part: _tensors(tensors, trace) for part, tensors in told.parts.items()}
            return answers.Reached(told.cut, parts)
        case TensorsForm():
            return answers.Held(_tensors(told.tensors, trace), told.training)
        case GroupsForm():
            return answers.Groups(tuple(answers.Group(float(g.lr), tuple(g.parameters)) for g in told.groups))
        case FiguresForm():
            return answers.Figures(tuple(tuple(_axes(axes, trace) for axes in figure) for figure in told.figures))
        case ProblemForm():
            type_, message, line, function = map(_text, (told.type, told.message, told.line, told.function))
            bases = tuple(map(_text, told.bases[:MAX_PARTS]))
            return Problem(told.kind, type_, message, line, function, told.step, told.turns, bases)
    return answers.Done()


def _value(told: ValueForm, trace: Trace) -> Value:
    match told:
        case TensorForm():
            return TensorValue(named_tensor(trace, told.tensor), told.array, told.requires_grad)
        case NumberForm():
            return Plain(told.number if isinstance(told.number, int) else float(told.number))
        case WholeForm():
            return Plain(int(told.digits))
        case ComplexForm():
            return Plain(complex(float(told.real), float(told.imag)))
        case BytesForm():
            return Plain(bytes.fromhex(told.hex))
        case PlainForm():
            return Plain(told.plain)
        case DictForm():
            keys = _keys(told.keys, trace)
            if len(keys) != len(told.items):
                raise TraceError("The trace holds a dict whose keys do not fit its values.")
            return Items("dict", tuple(_value(item, trace) for item in told.items), keys)
        case SetForm():
            return Elements(_keys(told.elements, trace))
        case ListForm() | TupleForm():
            kind = "list" if isinstance(told, ListForm) else "tuple"
            return Items(kind, tuple(_value(item, trace) for item in told.items))
    return Other(_text(told.type), _text(told.why))


def _keys(told: list[ValueForm], trace: Trace) -> tuple[Key, ...]:
    """The keys of a dict or the elements of a set, each of which is there once."""
    try:
        keys = tuple(value_key(_value(key, trace)) for key in told)
    except TypeError:
        raise TraceError("The trace holds a key that no dict and no set has.") from None
    if len(set(keys)) != len(keys):
        raise TraceError("The trace holds the same key twice.")
    return keys


def _tensors(named: dict[str, str | None], trace: Trace) -> dict[str, Tensor | None]:
    return {_text(name): None if told is None else named_tensor(trace, told) for name, told in named.items()}


def _axes(told: AxesForm, trace: Trace) -> answers.Axes:
    lines = tuple(named_tensor(trace, line) for line in told.lines)
    if any(line.ndim != 2 or line.shape[1] != 2 or line.is_complex() for line in lines):
        raise TraceError("The trace holds a drawn line that is not a list of points.")
    bars = tuple(named_tensor(trace, chart) for chart in told.bars)
    if any(chart.ndim != 1 or chart.is_complex() for chart in bars):
        raise TraceError("The trace holds a chart of bars that is not a list of lengths.")
    title, x_label, y_label = map(_text, (told.title, told.x_label, told.y_label))
    return answers.Axes(title, x_label, y_label, lines, tuple(map(_text, told.labels)), told.images, bars)


def _require_small(shapes: dict[str, list[int]]) -> None:
    """Weights of these shapes will be drawn, so they must be no larger than those that are recorded may be."""
    most, elements = 16 * 2**20, 0
    for shape in shapes.values():
        count = 1
        for extent in shape:
            count *= extent
        elements += count
        if elements > most or len(shape) > 8:
            raise TraceError("The trace tells of a module that is too large.")


def _text(text: str) -> str:
    return text[:MAX_TOLD]
