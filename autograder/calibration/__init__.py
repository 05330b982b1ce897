"""Deriving the bounds of the training checks from thousands of runs of known solutions.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the numbers
come from that a verdict on training rests on. `autograder.report.calibration` shows it.
"""

from autograder.calibration.derive import Calibration, derive
from autograder.calibration.runs import Run, Settings, measure_all

__all__ = ["Calibration", "Run", "Settings", "derive", "measure_all"]
