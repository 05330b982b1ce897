"""The interpreter: carries out a plan with a student's functions and classes.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where a submission turns
into a trace of a plan. It knows nothing of right or wrong: each step gives an answer, or the problem that stood in its
way, and a step that needs one that gave nothing is not taken.
"""

import contextlib
import importlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from coursekit.plans import answers, steps
from coursekit.plans.answers import Answer, Problem, ProblemKind
from coursekit.plans.changes import copy_of, names_of, same
from coursekit.plans.coding import Code, Given, Reference, Student, decode, import_given
from coursekit.plans.figures import open_figures, take_figures
from coursekit.plans.limit import TooSlow, limited
from coursekit.plans.recording import Printed, Room, describe
from coursekit.plans.values import MAX_KEY, MAX_PARTS, MAX_TEXT, Items, Value
from coursekit.plans.weights import fill_with_drawn
from coursekit.raised import describe_error
from coursekit.trace import Trace

MAX_BASES = 20  # of the class of an error


class _Skipped(Exception):
    """A step needs another one, which gave nothing."""

    def __init__(self, root: int) -> None:
        self.root = root


class _Undefined(Exception):
    """The test cell is not given a function or class of that name."""


class _Broken(Exception):
    """The plan asks for something that is not there."""


def run_plan(plan: steps.Plan, tensors: Trace, given: Mapping[str, Any]) -> tuple[Answer, ...]:
    """The answers to all steps of a plan.

    Args:
        plan: what to do.
        tensors: those that the plan names.
        given: the student's functions and classes, by name.
    """
    if any(isinstance(step, steps.Module | steps.Optimizer) for step in plan.steps):
        importlib.import_module("torch._dynamo")  # the first optimizer of a process would, in the time of its step
    with _own_random_numbers(plan.seed), torch.enable_grad():
        runner = _Runner(tensors, given)
        for number, step in enumerate(plan.steps):
            runner.take(number, step)
        take_figures(None, runner.figures)
    return tuple(runner.answers)


@contextlib.contextmanager
def _own_random_numbers(seed: int) -> Iterator[None]:
    before = torch.get_rng_state(), np.random.get_state(), random.getstate()
    _seed(seed)
    try:
        yield
    finally:
        torch.set_rng_state(before[0])
        np.random.set_state(before[1])
        random.setstate(before[2])


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)


class _Runner:
    """One plan on its way: what lives, and what has been answered."""

    def __init__(self, tensors: Trace, given: Mapping[str, Any]) -> None:
        self.tensors, self.given = tensors, given
        self.live: dict[int, Any] = {}
        self.answers: list[Answer] = []
        self.figures = open_figures()
        self.room = Room()
        self.turns = 0

    def take(self, number: int, step: steps.Step) -> None:
        self.turns = 0
        printed = Printed()
        try:
            with contextlib.redirect_stdout(printed), limited(getattr(step, "seconds", steps.SECONDS)):
                self.live[number], answer = self._do(step)
        except _Skipped as skipped:
            answer = Problem(ProblemKind.SKIPPED, step=skipped.root)
        except _Undefined as undefined:
            answer = Problem(ProblemKind.UNDEFINED, message=str(undefined), step=number)
        except _Broken as broken:
            answer = Problem(ProblemKind.BROKEN, message=str(broken)[:MAX_TEXT], step=number)
        except TooSlow:
            answer = Problem(ProblemKind.LATE, step=number, turns=self.turns)
        except (Exception, SystemExit) as error:  # who calls sys.exit() or exit() ends this call, and no other
            answer = self._raised(error, number)
        if isinstance(answer, answers.Returned):
            answer = replace(answer, printed=printed.text(self.room), dropped=printed.dropped)
        self.answers.append(answer)

    def _raised(self, error: Exception | SystemExit, number: int) -> Problem:
        told = describe_error(error)
        unwritten = isinstance(error, NotImplementedError) and (
            not str(error) or told["line"].startswith("raise NotImplemented")
        )
        kind = ProblemKind.UNWRITTEN if unwritten else ProblemKind.RAISED
        bases = tuple(base.__name__[:MAX_KEY] for base in type(error).__mro__[1:-1][:MAX_BASES])
        return Problem(kind, **told, step=number, turns=self.turns, bases=bases)

    def _do(self, step: steps.Step) -> tuple[Any, Answer]:
        """What lives on, and the answer."""
        match step:
            case steps.Seed(value):
                _seed(value)
                return None, answers.Done()
            case steps.Make(code, requires_grad):
                value = self._decode(code)
                return value.requires_grad_() if requires_grad else value, answers.Done()
            case steps.Module():
                return self._module(step)
            case steps.Optimizer(of, module, _, kwargs):
                made = getattr(torch.optim, of)(self._decode(module).parameters(), **self._decode(kwargs))
                return made, answers.Done()
            case steps.Loader(codes, batch_size):
                data = torch.utils.data.TensorDataset(*self._decode(codes))
                return torch.utils.data.DataLoader(data, batch_size=batch_size), answers.Done()
            case steps.Call():
                return self._call(step)
            case steps.Backward(of):
                return self._decode(of).sum().backward(), answers.Done()
            case steps.Gradient(of, _, at):
                return None, self._gradient(self._decode(of), {name: self._decode(code) for name, code in at.items()})
            case steps.State(of, _, module):
                return None, _state(self._decode(of), self._decode(module) if module else None)
            case steps.HeldGradients(of):
                return None, answers.Held({name: _copy(p.grad) for name, p in _named(self._decode(of)).items()})
            case steps.Draw(of):
                return None, take_figures(self._decode(of) if of else None, self.figures)

    def _module(self, step: steps.Module) -> tuple[Any, Answer]:
        module = self._decode(step.of)(*self._decode(step.args), **self._decode(step.kwargs))
        if step.drawn is not None:
            fill_with_drawn(module, step.drawn)
        if step.weights is not None:
            module.load_state_dict(self._decode(step.weights))
        named = _named(module) if isinstance(module, nn.Module) else {}
        return module, answers.Built({name: tuple(p.shape) for name, p in named.items()})

    def _call(self, step: steps.Call) -> tuple[Any, Answer]:
        function = self._decode(step.of)
        args, kwargs = self._decode(step.args), self._decode(step.kwargs)
        given = {**dict(zip(names_of(function, len(args)), args, strict=True)), **kwargs}
        before = {name: copy_of(value) for name, value in given.items()}
        kept: list[Value] = []
        for turn in range(step.times or 1):
            row = [value[turn % len(value)] if i in step.rows else value for i, value in enumerate(args)]
            returned = function(*row, **kwargs)
            self.turns = turn + 1
            if step.times is not None and (turn % step.keep == 0 or turn == step.times - 1):
                kept.append(describe(returned, self.room))  # at once: what it returned may change with the next call
        changed = tuple(name for name, held in before.items() if not same(held, copy_of(given[name])))
        value = describe(returned, self.room) if step.times is None else Items("list", tuple(kept))
        return returned, answers.Returned(value, changed=changed)

    def _gradient(self, value: Any, at: Mapping[str, Any]) -> Answer:
        parts = {part: _named(held) for part, held in at.items()}
        if not isinstance(value, Tensor) or not value.requires_grad:
            return answers.Reached(True, {part: dict.fromkeys(named) for part, named in parts.items()})
        wanted = [tensor for named in parts.values() for tensor in named.values() if tensor.requires_grad]
        found = torch.autograd.grad(value.sum(), wanted, retain_graph=True, allow_unused=True) if wanted else ()
        by_tensor = {id(tensor): gradient for tensor, gradient in zip(wanted, found, strict=True)}
        reached = {
            part: {name: _copy(by_tensor.get(id(tensor))) for name, tensor in named.items()}
            for part, named in parts.items()
        }
        return answers.Reached(False, reached)

    def _decode(self, code: Code) -> Any:
        return decode(code, self.tensors, self._find)

    def _find(self, what: Reference | Student | Given) -> Any:
        match what:
            case Student(name):
                if name not in self.given:
                    raise _Undefined(name)
                return self.given[name]
            case Given(place):
                try:
                    return import_given(place)
                except (ImportError, AttributeError) as error:
                    raise _Broken(f"{place} cannot be imported: {error}") from error
        if what.step not in self.live:
            problem = self.answers[what.step]
            raise _Skipped(problem.step if isinstance(problem, Problem) else what.step)
        value = self.live[what.step]
        for part in what.path:
            value = value[part[1]] if isinstance(part, tuple) else getattr(value, part)
        return value


def _state(value: Any, module: Any) -> Answer:
    if isinstance(value, torch.optim.Optimizer):
        names = {id(p): name for name, p in _named(module).items()} if module is not None else {}
        groups = [(float(g["lr"]), tuple(names.get(id(p)) for p in g["params"])) for g in value.param_groups]
        return answers.Groups(tuple(answers.Group(lr, parameters) for lr, parameters in groups[:MAX_PARTS]))
    tensors = {name: _copy(tensor) for name, tensor in _named(value, buffers=True).items()}
    return answers.Held(tensors, value.training if isinstance(value, nn.Module) else None)


def _named(value: Any, buffers: bool = False) -> dict[str, Tensor]:
    """The parameters of a module by name, with its buffers if wanted, or a tensor under an empty name."""
    if isinstance(value, nn.Module):
        named = list(value.named_parameters()) + (list(value.named_buffers()) if buffers else [])
        return {name[:MAX_KEY]: tensor for name, tensor in named[:MAX_PARTS]}
    if not isinstance(value, Tensor):
        raise TypeError(f"{type(value).__name__} is neither a module nor a tensor")
    return {"": value}


def _copy(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.detach().cpu().clone()
