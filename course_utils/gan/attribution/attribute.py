"""Which losses stand behind each backward pass: the gradient of every module as a sum of named parts.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the attribution of all
that was recorded; `course_utils.gan.attribution.parts` says how one gradient is taken apart.
"""

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.gan.attribution.altered_codes import altered_codes
from course_utils.gan.attribution.evidence import Arrival, Evidence
from course_utils.gan.attribution.origins import Rows, trace_rows
from course_utils.gan.attribution.parts import Part, code_parts, image_parts
from course_utils.gan.attribution.score_parts import all_score_parts


@dataclass(frozen=True, eq=False)
class Attribution:
    """All parts, for each module and backward pass, and what the rows of each call are."""

    evidence: Evidence
    rows: Rows
    parts: dict[tuple[str, int], tuple[Part, ...]]

    def of(self, module: str, backward: int) -> tuple[Part, ...]:
        return self.parts.get((module, backward), ())

    def parameter_gradient(self, part: Part) -> Tensor:
        """What the part adds to the gradient of its module's own parameters, flat; zero for frozen copies."""
        if not part.call.own:
            return torch.zeros(self.evidence.replay.parameter_count(part.call.module), dtype=torch.float64)
        return self.evidence.replay.vjp(part.call, part.gradient)[0]


def attribute(evidence: Evidence) -> Attribution:
    """Decompose every gradient of the recorded backward passes."""
    rows = trace_rows(evidence)
    rows |= altered_codes(evidence, rows)
    parts: dict[tuple[str, int], tuple[Part, ...]] = {}
    scores_before: list[Part] = []  # those of the backward passes before
    images_before: list[Part] = []
    for backward in evidence.backward_times():
        arrivals: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in evidence.arrivals:
            if arrival.backward == backward:
                arrivals[arrival.call.module].append(arrival)
        scores = all_score_parts(arrivals["discriminator"], evidence, rows)
        images = [
            part
            for arrival in arrivals["generator"]
            for part in image_parts(arrival, scores, scores_before, evidence, rows)
        ]
        codes = [
            part
            for arrival in arrivals["encoder"]
            for part in code_parts(arrival, images, images_before, evidence, rows)
        ]
        scores_before += scores
        images_before += images
        parts["discriminator", backward] = tuple(scores)
        parts["generator", backward] = tuple(images)
        parts["encoder", backward] = tuple(codes)
    return Attribution(evidence, rows, parts)
