"""Which backward passes, and so which losses, stand behind the gradient that an optimizer applied.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the last step of the
attribution. Autograd adds each backward pass to `.grad` until it is zeroed, so what an optimizer applies is the sum of
the last few passes, perhaps scaled (clipping by norm), cut off (clipping by value) or with a term of the weights
themselves (L2 or L1 in the loss). Passes made with `torch.autograd.grad` may be set by hand, singly, summed, or weighed
against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from course_utils.gan.attribution.applied import FORMS, is_equal, is_weighted_sum
from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.evidence import Applied, Update
from course_utils.gan.attribution.parts import Part
from course_utils.gan.places import MODULES

MAX_SUM = 64  # passes that one gradient may sum up
MAX_SUBSET = 6  # passes among which arbitrary sums are tried
_TURN = {"up": "down", "down": "up"}


@dataclass(frozen=True, eq=False)
class Driver:
    """One loss that drove a module in an update, and how much: `share` of the summed norms, in [0, 1]."""

    part: Part
    share: float
    leftover: bool  # its backward pass is older than the module's previous update: it should have been zeroed


@dataclass(frozen=True, eq=False)
class Movement:
    """What one update did to one module. `drivers` is None if the applied gradient could not be explained."""

    module: str
    update: Update
    drivers: tuple[Driver, ...] | None
    maximize: bool
    why_not: str = ""

    def losses(self) -> frozenset[str]:
        return frozenset(driver.part.loss for driver in self.drivers or ())

    def followed(self, loss: str) -> str:
        """A part's loss as the module follows it: an optimizer that maximizes turns its direction round."""
        head, _, direction = loss.rpartition(" ")
        of_error = {"error": "error up", "error up": "error"}
        turned = of_error.get(loss) or (f"{head} {_TURN[direction]}" if direction in _TURN else loss)
        return turned if self.maximize else loss


def explain_updates(attribution: Attribution) -> tuple[Movement, ...]:
    """Explain every update of every module that an optimizer held and that received a gradient."""
    history = {module: _passes(attribution, module) for module in MODULES}
    movements = []
    previous: list[Update] = []
    for update in attribution.evidence.updates:
        for module, applied in update.applied.items():
            if bool(applied.gradient.abs().max() > 0):
                earlier = [u for u in previous if module in u.applied]
                movements.append(_explain(attribution, module, update, applied, history[module], earlier))
        previous.append(update)
    return tuple(movements)


@dataclass(frozen=True, eq=False)
class _Pass:
    """One backward pass as one module sees it: what each part adds to the module's own parameters."""

    backward: int
    time: int
    accumulated: bool
    parts: tuple[Part, ...]
    vectors: tuple[Tensor, ...]
    total: Tensor


def _passes(attribution: Attribution, module: str) -> list[_Pass]:
    """The backward passes that could reach the module's parameters, latest first.

    Its own calls say when one did: who steps an optimizer inside the pass, as soon as a gradient is there, does so
    before the pass has come to the other modules.
    """
    evidence = attribution.evidence
    times = {arrival.backward: arrival.time for arrival in evidence.arrivals if arrival.call.module == module}
    passes = []
    for backward, time in times.items():
        parts = tuple(part for part in attribution.of(module, backward) if part.call.own)
        vectors = tuple(attribution.parameter_gradient(part) for part in parts)
        if any(bool(vector.abs().max() > 0) for vector in vectors):
            accumulated = (module, backward) in evidence.accumulations
            passes.append(_Pass(backward, time, accumulated, parts, vectors, torch.stack(vectors).sum(0)))
    return sorted(passes, key=lambda p: -p.time)


def _explain(
    attribution: Attribution,
    module: str,
    update: Update,
    applied: Applied,
    passes: list[_Pass],
    earlier: list[Update],
) -> Movement:
    of_all = attribution.evidence.replay.shapes(module)
    shapes = [shape for shape, held in zip(of_all, applied.held, strict=True) if held]
    mask = torch.cat([torch.full((s.numel(),), bool(h)) for s, h in zip(of_all, applied.held, strict=True)])
    passes = [p for p in passes if p.time < update.time]
    gradient, weights = applied.gradient[mask], update.before[module][mask]
    totals = {p.backward: p.total[mask] for p in passes}
    sums: list[tuple[tuple[_Pass, ...], Tensor]] = []
    for chosen in _choices(passes):  # the likeliest first, and most often that is it
        expected = torch.stack([totals[p.backward] for p in chosen]).sum(0)
        if bool(expected.any()):
            if is_equal(gradient, expected):
                return Movement(module, update, _drivers(chosen, mask, update, earlier), applied.maximize)
            sums.append((chosen, expected))
    for form in FORMS:
        for chosen, expected in sums:
            if form(gradient, expected, weights, shapes):
                return Movement(module, update, _drivers(chosen, mask, update, earlier), applied.maximize)
    for chosen in combinations(passes[:MAX_SUBSET], 2):
        drivers = _drivers(chosen, mask, update, earlier)  # who averages over steps has forgotten nothing
        if not any(d.leftover for d in drivers) and is_weighted_sum(gradient, [totals[p.backward] for p in chosen]):
            return Movement(module, update, drivers, applied.maximize)
    return Movement(module, update, None, applied.maximize, _why_not(attribution, module, passes))


def _drivers(chosen: tuple[_Pass, ...], mask: Tensor, update: Update, earlier: list[Update]) -> tuple[Driver, ...]:
    last = max((u.time for u in earlier), default=-1)
    last_own = max((u.time for u in earlier if u.optimizer == update.optimizer), default=-1)
    fresh = any(p.time > last for p in chosen)
    norms = [
        (part, p.time < (last if fresh else last_own), float(vector[mask].norm()))
        for p in chosen
        for part, vector in zip(p.parts, p.vectors, strict=True)
    ]
    total = sum(norm for *_, norm in norms)
    return tuple(Driver(part, norm / total, leftover) for part, leftover, norm in norms if norm > 1e-9 * total)


def _choices(passes: list[_Pass]) -> list[tuple[_Pass, ...]]:
    """Sets of backward passes, likeliest first: the last k that accumulated, the last k of all, any few."""

    def all_of_them() -> Iterator[tuple[_Pass, ...]]:
        for candidates in ([p for p in passes if p.accumulated], passes):
            for k in range(1, min(len(candidates), MAX_SUM) + 1):
                yield tuple(candidates[:k])
        for k in range(1, min(len(passes), MAX_SUBSET) + 1):
            yield from combinations(passes[:MAX_SUBSET], k)

    return list(dict.fromkeys(all_of_them()))


def _why_not(attribution: Attribution, module: str, passes: list[_Pass]) -> str:
    if any(arrival.differentiable for arrival in attribution.evidence.arrivals):
        return "a gradient was itself differentiated (create_graph=True)"
    if not passes:
        return f"no call of the {module} was seen through which its gradient could have come"
    return f"the gradient that the {module} received is not a sum of the backward passes that were seen"
