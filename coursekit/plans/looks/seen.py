"""What is looked at: an answer, or a part of it, under the name that people read; and what a look says against it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the words in which a
problem of a student's function is told, alike on the student's machine and in the feedback.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from coursekit.plans import steps
from coursekit.plans.answers import Answer, Held, Problem, ProblemKind, Returned
from coursekit.plans.values import Items, Key, Plain, TensorValue, Value, kind_of

RAISED = "function-raises"  # the mistake of a function that raised
MISSING = "function-missing"  # and of one that is not defined
MAX_QUOTED = 300  # characters of a message or a line that a sentence quotes
NOT_HELD = "This can only be looked at where something else was asked for."
A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Slip:
    """A well-known mistake.

    Attributes:
        name: short, in words with hyphens; it opens the sentence of a failed check.
        says: what it looks like, and what to try.
        earned: the share of the points that are earned in spite of it.
    """

    name: str
    says: str
    earned: float = 0.0


@dataclass(eq=False)
class Complaint(Exception):
    """Something is not as expected.

    Attributes:
        says: what was seen, got, expected.
        hint: what to try.
        mistake: its short name.
        earned: the share of the points that are earned in spite of it.
    """

    says: str
    hint: str
    mistake: str
    earned: float = 0.0

    def __str__(self) -> str:
        return f"{self.says} {self.hint}".strip()


class BrokenPlan(Exception):
    """The plan asks for what there is not, so nothing can be said of the student's code."""


@dataclass(frozen=True)
class Run:
    """A plan and its answers, one for each step."""

    plan: steps.Plan
    answers: tuple[Answer, ...] = field(repr=False)

    def label(self, step: int) -> str:
        """How people name what a step is about."""
        return str(getattr(self.plan.steps[step], "label", self.plan.steps[step].do))


@dataclass(frozen=True)
class Seen:
    """What a step gave, or the item of it at `path`; `called` is a name for it that the author chose."""

    run: Run
    step: int
    path: tuple[Key, ...] = ()
    called: str = ""

    @property
    def name(self) -> str:
        """With backticks around code; it begins no sentence with a capital letter of its own."""
        label = f"`{self.run.label(self.step)}`"
        if self.called:
            return self.called
        if self.path:
            return f"`{self.run.label(self.step)}{''.join(f'[{part!r}]' for part in self.path)}`"
        match self.run.plan.steps[self.step]:
            case steps.State():
                return f"the state of {label}"
            case steps.HeldGradients():
                return f"the gradient that lies in {label}"
            case steps.Gradient():
                return f"the gradient of {label}"
        return label

    def answer(self) -> Answer:
        """The answer of the step.

        Raises:
            Complaint: there is none.
            BrokenPlan: that is the fault of the plan.
        """
        answer = self.run.answers[self.step]
        if isinstance(answer, Problem):
            self._complain(answer)
        return answer

    def of(self, kind: type[A]) -> A:
        """The answer, of this kind by the form of the plan; a look at something else is the author's mistake."""
        answer = self.answer()
        if not isinstance(answer, kind):
            raise TypeError(f"{self.name}: {NOT_HELD}")
        return answer

    def value(self) -> Value:
        """What a call returned, or the item of it that is looked at."""
        answer = self.answer()
        if isinstance(answer, Held):
            return self._held(answer)
        value = self.of(Returned).value
        for depth, part in enumerate(self.path):
            value = self._item(value, part, replace(self, path=self.path[:depth], called="").name)
        return value

    def item(self, part: Key) -> "Seen":
        return replace(self, path=(*self.path, part), called="")

    def _item(self, value: Value, part: Key, where: str) -> Value:
        is_place = isinstance(part, int) and not (isinstance(value, Items) and value.kind == "dict")
        if isinstance(value, Items) and isinstance(part, int) and is_place:
            if -len(value.items) <= part < len(value.items):
                return value.items[part]
        elif isinstance(value, Items) and part in value.places:
            return value.items[value.places[part]]
        wanted = f"at least {part + 1} values" if isinstance(part, int) and is_place else f"a value under {part!r}"
        raise Complaint(
            f"{where} returned {kind_of(value)}, expected {wanted}.", "Look at the return statement.", "wrong-type"
        )

    def _held(self, answer: Held) -> Value:
        (name,) = self.path or ("",)
        tensor = answer.tensors.get(str(name))
        if tensor is None:
            missing = f"there is no {name!r} in {self.called or self.name}" if name else f"{self.name} is missing"
            raise Complaint(f"{missing}.", "", "missing")
        return TensorValue(tensor)

    def _complain(self, problem: Problem) -> None:
        if problem.kind is ProblemKind.SKIPPED:
            root = self.run.answers[problem.step]
            if isinstance(root, Problem) and root.kind is not ProblemKind.SKIPPED:
                complaint = tell(root, self.run)
                raise replace(complaint, says=f"{self.name} could not be tried: {complaint.says}")
        raise tell(problem, self.run)


def tell(problem: Problem, run: Run) -> Complaint:
    """What a problem is, in the student's words.

    Raises:
        BrokenPlan: it is the plan's, not the student's.
    """
    label = run.label(problem.step)
    name = label.partition("(")[0]
    match problem.kind:
        case ProblemKind.UNDEFINED:
            return Complaint(
                f"`{problem.message[:MAX_QUOTED]}` is not defined.",
                "Write it under exactly this name; the notebook shows its arguments.",
                MISSING,
            )
        case ProblemKind.UNWRITTEN:
            inner = problem.function if problem.function not in ("", "<module>", "__init__", "forward", name) else ""
            what = f"`{name}` calls `{inner}`, which" if inner else f"`{name}`"
            if _calls_given(run.plan.steps[problem.step]):  # not theirs, and so not what is to be written
                what = f"`{inner or label}`"
            return Complaint(
                f"{what} is not written yet: it raised NotImplementedError.",
                "Replace the placeholder by your own code and run the cell again.",
                "not-implemented",
            )
        case ProblemKind.LATE:
            step = run.plan.steps[problem.step]
            seconds = getattr(step, "seconds", steps.SECONDS)
            times = getattr(step, "times", None)
            done = f" and made {problem.turns} of {times} calls in that time" if times else ""
            return Complaint(
                f"`{label}` took longer than {seconds:g} seconds{done}.",
                "Is there a loop that does not end, or one over single numbers that a tensor operation could replace?",
                "too-slow",
            )
        case ProblemKind.RAISED:
            said = f"{problem.type}: {_first_sentence(problem.message)}".rstrip(": ")
            where = f" at `{problem.line[:MAX_QUOTED]}`" if problem.line else ""
            doing = "going backward from " if isinstance(run.plan.steps[problem.step], steps.Backward) else ""
            return Complaint(
                f"{doing}`{label}` stopped with an error: {said}{where}.",
                "Try it in a cell of its own with small arguments, and print values, or their shapes, line by line.",
                RAISED,
            )
    raise BrokenPlan(problem.message)


def _calls_given(step: steps.Step) -> bool:
    return isinstance(step, steps.Call) and "given" in step.of


def _first_sentence(text: str) -> str:
    first = " ".join(text.split())[:MAX_QUOTED]
    end = first.find(". ")
    return (first[:end] if end > 0 else first).rstrip(".")


def is_number(value: Value) -> bool:
    """Whether it is one number, as `float` takes it: a plain one, or a tensor or array of one element."""
    if isinstance(value, TensorValue):
        return value.tensor.numel() == 1 and not value.tensor.is_complex()
    return isinstance(value, Plain) and isinstance(value.value, int | float) and not isinstance(value.value, bool)


def number_of(seen: Seen, hint: str = "") -> float:
    """The one number that is looked at; `hint` is what to try where it is something else.

    Raises:
        Complaint: it is something else.
    """
    value = seen.value()
    if isinstance(value, TensorValue) and is_number(value):
        return float(value.tensor)
    if isinstance(value, Plain) and is_number(value):
        try:
            return float(value.value)  # type: ignore[arg-type]
        except OverflowError:
            return math.inf if value.value > 0 else -math.inf  # type: ignore[operator]
    told = f"{seen.name} returned {kind_of(value)}, expected a number."
    raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")


def missing_return(seen: Seen, value: Any) -> str:
    """The hint where a call returned None; an item that is None came back with the others."""
    return "Is the return statement missing?" if value == Plain(None) and not seen.path else ""
