"""Looks at what a module holds: its weights, and the counts of its normalizations.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are a part of the
comparison of values (`coursekit.plans.looks.values`), on the side of checks and in public ones alike.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from coursekit.plans.answers import Held
from coursekit.plans.looks.exact import holds_whole
from coursekit.plans.looks.nearness import is_near
from coursekit.plans.looks.seen import Complaint, Seen
from coursekit.plans.values import TensorValue, kind_of


def weights_of(seen: Seen, expected: Mapping[str, Tensor], hint: str) -> Tensor:
    """The named tensors of a module behind each other."""
    held = seen.of(Held).tensors
    if not expected:
        raise Complaint(f"{seen.name} holds nothing.", hint, "wrong-shape")
    got = []
    for name, right in expected.items():
        tensor = held.get(name)
        if tensor is None or tensor.shape != right.shape or tensor.is_complex():
            seen_instead = "nothing" if tensor is None else kind_of(TensorValue(tensor))
            told = f"{seen.name} has {seen_instead} under {name!r}, expected {kind_of(TensorValue(right))}."
            raise Complaint(told, hint, "wrong-shape")
        got.append(tensor.double().flatten())
    vector = torch.cat(got)
    if not bool(vector.isfinite().all()):
        raise Complaint(f"{seen.name} holds values that are infinite or not a number.", hint, "not-finite")
    return vector


def has_other_counts(seen: Seen, expected: Mapping[str, Any]) -> bool:
    """Whether a tensor of whole numbers in a state, such as the count of a normalization, is not the very same."""
    held = seen.of(Held).tensors
    pairs = [(held[name], torch.as_tensor(right)) for name, right in expected.items()]
    return any(
        got is not None and holds_whole(got) and holds_whole(right) and not is_near(got, right, None)
        for got, right in pairs
    )
