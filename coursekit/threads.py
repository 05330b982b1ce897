"""One thread for small tensors, on which more threads would only wait for each other.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: the sandbox has one thread
anyway; test cells on a student's own machine, and checks on the instructor's, take it for as long as they run.
"""

import contextlib
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Torch computes with one thread while the block runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
