"""`expect(result).close(...)`: the words in which a check says what is right.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* each method is one look of
`coursekit.plans.looks`. Given a result, it looks at once, and what is not as expected fails the check. Given a promise,
which a result is while a kit is made, it is written down, with what it expects, for the test cell of the kit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from autograder.plans.comparable import require_comparable
from autograder.plans.promise import Promise
from autograder.plans.results import Result, in_the_words_of_a_check
from coursekit.plans.looks import Slip, look

Slips = Mapping[Slip, Any] | None


def expect(result: Result | Promise, called: str = "") -> "Expectation":
    """Something is expected of a result, which people read under the name `called`, or that of its function."""
    return Expectation(result, called)


@dataclass(frozen=True)
class Expectation:
    """What is expected of a result; each method ends the check unless it holds. Arguments are told with the looks."""

    _result: Result | Promise
    _called: str

    def close(
        self,
        expected: Any,
        slips: Slips = None,
        hint: str = "",
        tolerance: float | None = None,
        mistake: str = "wrong-value",
        since: Result | Promise | None = None,
        of: str = "value",
        free_signs: bool = False,
    ) -> None:
        require_comparable(expected)
        self._look(
            "close",
            expected=expected,
            slips=slips,
            hint=hint,
            tolerance=tolerance,
            mistake=mistake,
            since=since,
            of=of,
            free_signs=free_signs,
        )

    def same_as(self, other: Result | Promise, hint: str = "", mistake: str = "not-repeatable") -> None:
        self._look("same_as", other=other, hint=hint, mistake=mistake)

    def is_scalar(self, hint: str = "") -> None:
        self._look("is_scalar", hint=hint)

    def has_shape(self, *shape: int, hint: str = "") -> None:
        self._look("has_shape", shape=shape, hint=hint)

    def has_dtype(self, dtype: str | torch.dtype, hint: str = "") -> None:
        self._look("has_dtype", dtype=str(dtype).removeprefix("torch."), hint=hint)

    def at_least(self, bound: float, hint: str = "", mistake: str = "too-small") -> None:
        self._look("at_least", bound=bound, hint=hint, mistake=mistake)

    def at_most(self, bound: float, hint: str = "", mistake: str = "too-large") -> None:
        self._look("at_most", bound=bound, hint=hint, mistake=mistake)

    def between(self, low: float, high: float, hint: str = "", mistake: str = "out-of-range") -> None:
        self._look("between", low=low, high=high, hint=hint, mistake=mistake)

    def improves(
        self, to: float = 1.0, key: str | int | None = None, hint: str = "", mistake: str = "does-not-improve"
    ) -> None:
        self._look("improves", to=to, key=key, hint=hint, mistake=mistake)

    def reaches(self, *parts: str, hint: str = "", mistake: str = "gradient-missing") -> None:
        self._look("reaches", parts=parts, hint=hint, mistake=mistake)

    def misses(self, *parts: str, hint: str = "", mistake: str = "gradient-unexpected") -> None:
        self._look("misses", parts=parts, hint=hint, mistake=mistake)

    def leaves_arguments_alone(self, hint: str = "", mistake: str = "argument-changed") -> None:
        self._look("leaves_arguments_alone", hint=hint, mistake=mistake)

    def prints(
        self,
        text: str | None = None,
        number: float | None = None,
        tolerance: float = 0.01,
        hint: str = "",
        mistake: str = "not-printed",
    ) -> None:
        self._look("prints", text=text, number=number, tolerance=tolerance, hint=hint, mistake=mistake)

    def raises(
        self, *types: str | type[BaseException], says: str = "", hint: str = "", mistake: str = "does-not-raise"
    ) -> None:
        names = [one if isinstance(one, str) else one.__name__ for one in types]
        self._look("raises", types=names, says=says, hint=hint, mistake=mistake)

    def optimizes(self, parameters: Sequence[str], lr: float, hint: str = "", mistake: str = "not-optimized") -> None:
        self._look("optimizes", parameters=list(parameters), lr=lr, hint=hint, mistake=mistake)

    def has_parameters(self, *shapes: Sequence[int], hint: str = "", mistake: str = "wrong-layers") -> None:
        self._look("has_parameters", shapes=[list(shape) for shape in shapes], hint=hint, mistake=mistake)

    def is_random(
        self, again: Result | Promise, about: Any = None, hint: str = "", mistake: str = "not-random"
    ) -> None:
        self._look("is_random", again=again, about=about, hint=hint, mistake=mistake)

    def is_normal(
        self,
        mean: Any = 0.0,
        std: Any = 1.0,
        slips: Slips = None,
        hint: str = "",
        mistake: str = "wrong-distribution",
    ) -> None:
        self._look("is_normal", mean=mean, std=std, slips=slips, hint=hint, mistake=mistake)

    def is_uniform(
        self, low: float = 0.0, high: float = 1.0, hint: str = "", mistake: str = "wrong-distribution"
    ) -> None:
        self._look("is_uniform", low=low, high=high, hint=hint, mistake=mistake)

    def has_frequencies(
        self,
        probabilities: Mapping[int, float] | Mapping[float, float],
        slips: Slips = None,
        hint: str = "",
        mistake: str = "wrong-distribution",
    ) -> None:
        for given in (probabilities, *(slips or {}).values()):
            if min(given.values(), default=0.0) < 0 or abs(sum(given.values()) - 1) > 1e-6:
                raise ValueError(f"the probabilities {dict(given)} are not all positive, or do not add up to 1")
        self._look("has_frequencies", probabilities=dict(probabilities), slips=slips, hint=hint, mistake=mistake)

    def draws(
        self,
        lines: Sequence[Any] = (),
        images: int = 0,
        bars: Sequence[Any] = (),
        labels: bool = True,
        title: bool = False,
        hint: str = "",
        mistake: str = "figure-incomplete",
    ) -> None:
        shown = {"lines": list(lines), "images": images, "bars": list(bars)}
        self._look("draws", **shown, labels=labels, title=title, hint=hint, mistake=mistake)

    def _look(self, name: str, /, **arguments: Any) -> None:
        if "slips" in arguments:
            arguments["slips"] = _pairs_of(arguments["slips"])
        if isinstance(self._result, Promise):
            self._result.claim(name, self._called, arguments)
            return
        seen = replace(self._result.seen, called=self._called)
        plain = {key: value.seen if isinstance(value, Result) else value for key, value in arguments.items()}
        with in_the_words_of_a_check():
            look(name, seen, plain)


def _pairs_of(slips: Slips) -> list[tuple[Slip, Any]]:
    if slips and not (isinstance(slips, Mapping) and all(isinstance(one, Slip) for one in slips)):
        raise TypeError("slips are a dict, each slip with the value that it gives: {COLUMNS: x.softmax(0)}")
    return list((slips or {}).items())
