"""Factors with which some series sum up to another one, or come closest to it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* what is fitted here comes from a
trace, which may hold anything: numbers that are none are answered, and break nothing.
"""

import torch
from torch import Tensor


def least_squares(design: Tensor, values: Tensor) -> Tensor:
    """The factors, `(k,)`, with which the columns of `design`, `(n, k)`, come closest to `values`, `(n,)`.

    Where columns depend on each other, it is the smallest of all such factors (LAPACK's gelsd). Where anything is
    infinite or not a number, which LAPACK would refuse, so are all factors.
    """
    if not bool(design.isfinite().all() & values.isfinite().all()):
        return torch.full((design.shape[1],), torch.nan, dtype=design.dtype)
    return torch.linalg.lstsq(design, values[:, None], driver="gelsd").solution[:, 0]
