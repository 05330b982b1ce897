"""Tries: overflow the stack of the interpreter by recursion without a limit.

Must hold: the crash is told as one.
"""

import sys

ENDS = "the process crashed inside compiled code|the process ended itself|the process was killed"
sys.setrecursionlimit(2**31 - 1)
nested = []
for _ in range(3_000_000):
    nested = [nested]
repr(nested) if sys.version_info < (3, 12) else hash((nested,).__repr__)
import ctypes  # noqa: E402

ctypes.string_at(1)
