"""The short training that stands in for the whole one: where a notebook is graded, and where it is handed in quickly.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: the training loop of a
course reads these variables of the environment as upper bounds, whole numbers; unset or empty, nothing is cut short.
A loop that cuts a training short prints `str(ShortRun(...))`, and whoever reads the notebook finds it again.
"""

import re
from dataclasses import dataclass

MAX_EPOCHS, MAX_STEPS = BOUNDS = ("COURSE_MAX_EPOCHS", "COURSE_MAX_STEPS_PER_EPOCH")
SHORT = {MAX_EPOCHS: "1", MAX_STEPS: "20"}

_LINE = re.compile(r"^Short run: (\d{1,6}) of (\d{1,6}) epochs, (\d{1,6}) of (\d{1,6}) steps in each\.$", re.MULTILINE)


@dataclass(frozen=True)
class ShortRun:
    """A training that was cut short: it ran for `epochs` of `of_epochs`, and for `steps` of `of_steps` in each."""

    epochs: int
    of_epochs: int
    steps: int
    of_steps: int

    def __str__(self) -> str:
        """The line that is printed where the training begins."""
        of_each = f"{self.steps} of {self.of_steps} steps in each"
        return f"Short run: {self.epochs} of {self.of_epochs} epochs, {of_each}."

    @property
    def all_steps(self) -> bool:
        return self.steps == self.of_steps

    @property
    def in_words(self) -> str:
        parts = ((self.epochs, self.of_epochs, "epochs"), (self.steps, self.of_steps, "steps"))
        return " with ".join(f"{made} of {of} {what}" for made, of, what in parts if made != of)


def find_short_runs(printed: str) -> list[ShortRun]:
    """The trainings of which a printed text says that they were cut short."""
    return [ShortRun(*map(int, numbers)) for numbers in _LINE.findall(printed)]
