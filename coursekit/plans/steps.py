"""The steps that a plan can hold.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a plan is written by a checks
file, read by `coursekit.plans.interpreter`, and read again beside its answers. Arguments are coded
(`coursekit.plans.coding`).
"""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from coursekit.plans.coding import Code
from coursekit.trace import Trace, TraceError

KIND = "plan"  # the kind of experiment, as it stands in a trace
SECONDS = 10.0  # of processor time for one call


@dataclass(frozen=True)
class Seed:
    """Seed the random numbers of torch, NumPy and Python."""

    do: ClassVar[str] = "seed"
    value: int


@dataclass(frozen=True)
class Make:
    """Make a value, such as a tensor that gradients are wanted for."""

    do: ClassVar[str] = "make"
    value: Code
    requires_grad: bool = False


@dataclass(frozen=True)
class Module:
    """Make a module of a student's or a given class.

    `drawn` is the seed of weights that both sides can draw (`coursekit.plans.weights`), `weights` a coded dict of them;
    where both are None, the weights are those that the class begins with.
    """

    do: ClassVar[str] = "module"
    of: Code
    label: str
    args: Code
    kwargs: Code
    drawn: int | None = None
    weights: Code | None = None
    seconds: float = SECONDS


@dataclass(frozen=True)
class Optimizer:
    """Make an optimizer of `torch.optim` for the parameters of a module."""

    do: ClassVar[str] = "optimizer"
    of: str
    module: Code
    label: str
    kwargs: Code


@dataclass(frozen=True)
class Loader:
    """Make a loader of mini-batches, in the order of the tensors."""

    do: ClassVar[str] = "loader"
    tensors: Code
    batch_size: int


@dataclass(frozen=True)
class Call:
    """Call something.

    Attributes:
        of: what.
        label: how people name it.
        args, kwargs: with what.
        seconds: of processor time that all calls together may take.
        times: how often; where it is None, once, and the answer is what it returned, not a list.
        rows: positions of the arguments of which each call gets another row.
        keep: every so many returned values are kept, and the last.
    """

    do: ClassVar[str] = "call"
    of: Code
    label: str
    args: Code
    kwargs: Code
    seconds: float = SECONDS
    times: int | None = None
    rows: list[int] = field(default_factory=list)
    keep: int = 1


def how_many_kept(times: int, keep: int) -> int:
    """Of repeated calls: every so many returned values, and the last."""
    return len(range(0, times, keep)) + ((times - 1) % keep > 0)


@dataclass(frozen=True)
class Backward:
    """Go backward from the sum of a value; gradients stay where they come to lie."""

    do: ClassVar[str] = "backward"
    of: Code
    label: str


@dataclass(frozen=True)
class Gradient:
    """Gradients of the sum of a value with regard to named parts, each a module or a tensor; nothing stays."""

    do: ClassVar[str] = "gradient"
    of: Code
    label: str
    at: dict[str, Code]


@dataclass(frozen=True)
class State:
    """The weights of a module, or the groups of an optimizer, by the names of the parameters in `module`."""

    do: ClassVar[str] = "state"
    of: Code
    label: str
    module: Code | None = None


@dataclass(frozen=True)
class HeldGradients:
    """The gradients that lie in a module or a tensor."""

    do: ClassVar[str] = "held_gradients"
    of: Code
    label: str


@dataclass(frozen=True)
class Draw:
    """The figures that are open, and the one that a step returned; they are closed."""

    do: ClassVar[str] = "draw"
    of: Code | None
    label: str


Step = (
    Seed | Make | Module | Optimizer | Loader | Call | Backward | Gradient | State | HeldGradients | Draw
)  # all kinds of steps; each has a name of its own
_STEPS: dict[str, type[Any]] = {step.do: step for step in Step.__args__}


@dataclass(frozen=True)
class Plan:
    """What one plan asks: the test cell that it belongs to, the seed that it begins with, and its steps."""

    cell: str
    seed: int
    steps: tuple[Step, ...]


def write_plan(plan: Plan, tensors: Trace) -> Trace:
    """The plan as a trace, with the tensors that its codes name."""
    steps = [{"do": step.do, **asdict(step)} for step in plan.steps]
    tensors.data |= {"kind": KIND, "cell": plan.cell, "seed": plan.seed, "steps": steps}
    return tensors


def read_plan(trace: Trace) -> Plan:
    """The plan that `write_plan` wrote; it comes from the course, never from a student.

    Raises:
        TraceError: it holds steps that this version does not know.
    """
    steps = []
    for told in trace.data["steps"]:
        if told["do"] not in _STEPS:
            raise TraceError(f"The plan asks for a step {told['do']!r}, which this version does not know.")
        steps.append(_STEPS[told["do"]](**{key: value for key, value in told.items() if key != "do"}))
    return Plan(trace.data["cell"], trace.data["seed"], tuple(steps))
