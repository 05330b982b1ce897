"""Tries: crash inside compiled code, so that no Python code can react.

Must hold: the crash is told as one, and nothing of it is left on the host (no core file).
"""

import ctypes

ENDS = "the process crashed inside compiled code"
ctypes.string_at(0)
