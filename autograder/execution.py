"""What one run of a notebook in the sandbox brought back: the record between submission and trace."""

from dataclasses import dataclass, field

from nbformat import NotebookNode


@dataclass(frozen=True)
class Execution:
    """What one run of a notebook brought back.

    Attributes:
        notebook: a copy of the notebook with the outputs of this run, and of no other.
        outbox: content of every plain file in the outbox, by its path relative to the outbox.
        stopped: one sentence for the student: why the notebook did not run to its end; None when it did.
        refused: one sentence for each file that was refused, of the submission's or of the outbox.
        seconds: wall time of the whole run.
        start_seconds: the part of it until the first cell began.
        cell_seconds: wall time of each code cell, in their order; 0 where it did not run.
        peak_memory: most bytes that all processes of the sandbox and its writable folders held together.
        unexplained: whether it was killed, and not by us: by itself, or by somebody on this machine.
    """

    notebook: NotebookNode = field(repr=False)
    outbox: dict[str, bytes] = field(repr=False)
    stopped: str | None
    refused: tuple[str, ...]
    seconds: float
    start_seconds: float
    cell_seconds: tuple[float, ...]
    peak_memory: int
    unexplained: bool = False
