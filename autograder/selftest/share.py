"""A share, how many of how many, with the bounds of the rate behind it.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is how the selftest
tells a rate: never without what the number of tries allows to say.
"""

from dataclasses import dataclass

from scipy.stats import binomtest

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """How many of how many, and the exact bounds of the rate behind it (Clopper and Pearson 1934)."""

    count: int
    of: int

    @property
    def bounds(self) -> tuple[float, float]:
        interval = binomtest(self.count, self.of).proportion_ci(CONFIDENCE, method="exact")
        return float(interval.low), float(interval.high)

    def __str__(self) -> str:
        low, high = self.bounds
        share = 100 * self.count / self.of
        return f"{self.count} of {self.of}, {share:.2f} % ({100 * low:.2f} to {100 * high:.2f} %)"
