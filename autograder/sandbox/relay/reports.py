"""What the relay answers: between submission and trace.

The grader asks to run a cell, to interrupt it, or to end it because the kernel is dead; for each cell that it asked for
it is sent one report.
"""

from typing import Literal

READY = {"ready": True}  # the first frame that the relay sends: the kernel answers

Ended = Literal["done", "exit", "flood", "cut", "dead"]
ENDED: tuple[Ended, ...] = ("done", "exit", "flood", "cut", "dead")
"""How a cell ended: as cells do, by `exit()`, with more output than anybody could keep, by the end of the connection,
or because the grader said that the kernel is dead."""
