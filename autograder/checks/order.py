"""The order in which checks run: each after those that it needs.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this belongs to the judgement.
"""

import graphlib
from collections.abc import Mapping, Sequence


def sort_by_needs(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The names in their order, but each after those that it needs; raises `graphlib.CycleError` if that cannot be."""
    graphlib.TopologicalSorter(needs).prepare()
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        if name not in ordered:
            for need in needs[name]:
                place(need)
            ordered[name] = None

    for name in needs:
        place(name)
    return list(ordered)
