"""Where the seconds of grading one submission go, by phase. It is stored with the result."""

import time

from autograder import intake
from autograder.execution import Execution


class Clock:
    """Seconds by phase, each from the end of the one before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        now = time.perf_counter()
        self.seconds[phase], self._last = round(now - self._last, 3), now

    def split(self, phases: dict[str, float]) -> None:
        """The time since the last lap, by phases that were measured elsewhere."""
        self._last = time.perf_counter()
        self.seconds |= {phase: round(seconds, 3) for phase, seconds in phases.items()}


def phases(execution: Execution) -> dict[str, float]:
    """Seconds of a run: its start, the cells that record (by their names), the rest of the notebook, its end."""
    found = {"start": execution.start_seconds, "notebook": 0.0}
    code_cells = (cell for cell in execution.notebook.cells if cell.cell_type == "code")
    for cell, seconds in zip(code_cells, execution.cell_seconds, strict=True):
        phase = str(intake.grade_id(cell)) if intake.graded_by_checks(cell) else "notebook"
        found[phase] = found.get(phase, 0.0) + seconds
    return found | {"end": execution.seconds - sum(found.values())}
