"""Right designs by the hundred, composed of orthogonal parts, and how often the checks misjudge one.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* they estimate what the known
solutions cannot: how a design fares that nobody has written down. `parts` says what designs are made of and why each
part is right, `source` and `step` write a design as Python, `compose` draws one, `rates` judges them and counts.
"""

from autograder.selftest.designs.compose import Design, compose

__all__ = ["Design", "compose"]
