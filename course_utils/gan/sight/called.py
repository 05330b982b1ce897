"""One loss function, called on one practice probe: what it was given, what it returned, and where its gradient went.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from torch import Tensor

from course_utils.gan.attribution.attribute import Attribution, attribute
from course_utils.gan.attribution.parts import Part
from course_utils.gan.attribution.reading import read_evidence
from coursekit.trace import Trace, named_tensor


@dataclass(frozen=True, eq=False)
class Called:
    """One loss function called on one practice probe."""

    loss: str
    probe: Trace
    trace: Trace

    @property
    def data(self) -> dict[str, Any]:
        return self.trace.data

    def given(self, name: str) -> Tensor:
        return named_tensor(self.probe, self.probe.data[name])

    @property
    def batch(self) -> int:
        return len(self.given("x_real"))

    @cached_property
    def attribution(self) -> Attribution:
        labels = [self.given("h")] if "h" in self.probe.data else []
        return attribute(read_evidence(self.probe, self.trace, [self.given("x_real")], labels))

    @property
    def wrong_labels(self) -> Tensor | None:
        return self.given("h_wrong") if self.loss == "discriminator" and "h_wrong" in self.probe.data else None

    def parts(self, module: str) -> list[Part]:
        backwards = self.attribution.evidence.backward_times()
        return [part for backward in backwards for part in self.attribution.of(module, backward)]

    def directions(self, module: str, kind: str) -> set[str]:
        """In which directions the scores of a kind of images are driven."""
        return {part.loss.split()[1] for part in self.parts(module) if part.loss.startswith(f"{kind} ")}
