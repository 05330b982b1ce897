"""What one run of a notebook in the sandbox brought back: the records between submission and trace."""

from dataclasses import dataclass, field

from nbformat import NotebookNode


@dataclass(frozen=True)
class Place:
    """A line of a code cell.

    Attributes:
        number: of the cell among the code cells, from 1.
        name: nbgrader's name of the cell, or "".
        line: in the cell, from 1; 0 where it is not known.
        code: what stands there, on one line and short; or "".
    """

    number: int
    name: str
    line: int = 0
    code: str = ""

    @property
    def cell(self) -> str:
        return f"code cell {self.number} (`{self.name}`)" if self.name else f"code cell {self.number}"


@dataclass(frozen=True)
class CellFailure:
    """A code cell that did not run to its end. All texts are the submission's own: on one line, printable and short.

    Attributes:
        cell: the cell, and its own line at which it stopped.
        error: the type of the error, such as "NameError"; "TimeLimit" where it was interrupted.
        message: what the error says.
        inside: the line of another cell at which it stopped, where that called what the other defines.
    """

    cell: Place
    error: str
    message: str
    inside: Place | None = None


@dataclass(frozen=True)
class Execution:
    """What one run of a notebook brought back.

    Attributes:
        notebook: a copy of the notebook with the outputs of this run, and of no other.
        outbox: the files that were taken out of the outbox, by their path relative to it.
        stopped: one sentence for the student: why the notebook did not run to its end; None when it did.
        refused: one sentence for each file that was refused, of the submission's or of the outbox.
        seconds: wall time of the whole run.
        start_seconds: the part of it until the first cell began.
        cell_seconds: wall time of each code cell, in their order; 0 where it did not run.
        peak_memory: most bytes that all processes of the sandbox and its writable folders held together.
        unexplained: whether it was killed, and not by us: by itself, or by somebody on this machine.
        failures: the cells that did not run to their end, in their order, but for the one that ended the run.
        stopped_in: number of the code cell in which the run ended, where it did not end by itself.
    """

    notebook: NotebookNode = field(repr=False)
    outbox: tuple[str, ...]
    stopped: str | None
    refused: tuple[str, ...]
    seconds: float
    start_seconds: float
    cell_seconds: tuple[float, ...]
    peak_memory: int
    unexplained: bool = False
    failures: tuple[CellFailure, ...] = ()
    stopped_in: int | None = None
