"""Compares two executed notebooks, cell by cell: what was submitted, and a new run of it.

Stands between submission and report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report, and takes no points. Where the new run has fewer epochs, only what both have is compared.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.distil import LEFT_OUT
from autograder.intake import grade_id, graded_by_checks
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED, WITHIN, Outcome
from autograder.reproduce.outputs import (
    KIND_NAMES,
    Budget,
    Pair,
    Part,
    compare_parts,
    not_covered,
    parts_of,
    telling,
    text_part,
)
from autograder.reproduce.pictures import Pictures
from autograder.reproduce.read import well_formed
from autograder.reproduce.text import machines
from autograder.shown.printable import printable
from coursekit.budget import ShortRun, find_short_runs

MAX_FIGURES = 200  # that are decoded for one comparison; the homework has seven
MAX_LINES = 20_000  # that are aligned
MAX_NAMED = 5  # cells that a note names

_EPOCH = re.compile(r"epoch:?\s{0,8}\[?(\d{1,6})\b", re.IGNORECASE)


@dataclass(frozen=True)
class CellComparison:
    """How the outputs of one code cell compare.

    Attributes:
        number: place among the submitted code cells, from 1.
        name: nbgrader's name of the cell, or "".
        source: its code.
        outcome: that of its worst output; IDENTICAL where neither run has any.
        pairs: its outputs, side by side.
        remark: why the cell as a whole is not covered, or "".
    """

    number: int
    name: str
    source: str
    outcome: Outcome
    pairs: tuple[Pair, ...] = ()
    remark: str = ""

    @property
    def title(self) -> str:
        return f"{self.number} ({self.name})" if self.name else str(self.number)


@dataclass(frozen=True)
class Comparison:
    """How a submitted notebook and a new run of it compare.

    Attributes:
        cells: the submitted code cells, in their order.
        remarks: what explains differences, one sentence each.
        without_outputs: whether the notebook was handed in without any output.
    """

    cells: tuple[CellComparison, ...]
    remarks: tuple[str, ...]
    without_outputs: bool

    @property
    def outcome(self) -> Outcome:
        return max((cell.outcome for cell in self.cells), default=NOT_COVERED)

    @property
    def reproduces(self) -> bool:
        return not self.without_outputs and self.outcome in (IDENTICAL, WITHIN)

    def with_outcome(self, outcome: Outcome) -> list[CellComparison]:
        """The cells of that outcome that show anything."""
        return [cell for cell in self.cells if cell.outcome == outcome and (cell.pairs or cell.remark)]


def compare_notebooks(
    submitted: NotebookNode, executed: NotebookNode, epochs: int | None = None, when_graded: bool = False
) -> Comparison:
    """Compare the outputs of a submitted notebook with those of a run of it.

    Args:
        submitted: the notebook as it was handed in; anything may be in its outputs.
        executed: the notebook after the run; its cells may be others, as `intake.repair` leaves them.
        epochs: what we shortened the run's training to; None where the notebook itself decided. A notebook that
            shortens its own training is no excuse for another result.
        when_graded: whether the run recorded for the hidden checks. Then the graded cells print nothing, and the
            random generators stand elsewhere after the first of them, so that later differences mean little.
    """
    with contextlib.closing(Pictures()) as pictures:
        budget = Budget(2 * MAX_FIGURES, 2 * MAX_LINES, pictures, show=not when_graded)
        return _compare(submitted, executed, epochs, when_graded, budget)


def _compare(
    submitted: NotebookNode, executed: NotebookNode, epochs: int | None, when_graded: bool, budget: Budget
) -> Comparison:
    ours, theirs = ([(cell, parts_of(cell)) for cell in well_formed(book).cells] for book in (submitted, executed))
    short: ShortRun | None = None
    loose = False  # whether differences from here on mean little
    cells = []
    places = _align([cell for cell, _ in ours], [cell for cell, _ in theirs])
    for number, ((cell, left), place) in enumerate(zip(ours, places, strict=True), start=1):
        compared = CellComparison(number, grade_id(cell) or "", cell.source, NOT_COVERED)
        if when_graded and graded_by_checks(cell):
            loose = True
            cells.append(replace(compared, remark="recorded for grading, where nothing is printed"))
            continue
        if place is None:
            cells.append(replace(compared, remark="not run as it was handed in"))
            continue
        if cell.metadata.get(LEFT_OUT):
            cells.append(replace(compared, remark="its outputs are too large to be compared"))
            continue
        right = theirs[place][1]
        found = _find_short_run(right)
        remark = ""
        if found and (when_graded or (found.epochs == epochs and found.all_steps)) and found != _find_short_run(left):
            short = short or found
            left, right, shared = _common_epochs(left, right, found)
            loose = loose or not shared
            remark = f"compared at epoch {', '.join(map(str, shared))}" if shared else "the losses are not comparable"
        pairs = compare_parts(telling(left), telling(right), budget, loose)
        if loose:
            pairs = [_loosen(pair) for pair in pairs]
        outcome = max((pair.outcome for pair in pairs), default=NOT_COVERED if remark else IDENTICAL)
        cells.append(replace(compared, outcome=outcome, pairs=tuple(pairs), remark=remark))
        loose = loose or short is not None
    before, after = ([part for _, parts in side for part in parts] for side in (ours, theirs))
    remarks = tuple(_remarks(before, after, short))
    some = bool(before) or any(cell.metadata.get(LEFT_OUT) for cell, _ in ours)
    return Comparison(tuple(cells), remarks, without_outputs=bool(after) and not some)


def reproduction_note(submitted: NotebookNode, executed: NotebookNode) -> str | None:
    """What the person who grades should know after the run for grading; None if nothing that it covers differs.

    Args:
        submitted: as `read_submitted` reads it.
        executed: the notebook that was run with its probes and a short training budget, before the verdict is written.
    """
    comparison = compare_notebooks(submitted, executed, when_graded=True)
    different = comparison.with_outcome(DIFFERENT)
    if comparison.without_outputs or not different:  # that there are no outputs is told when it is collected
        return None
    named = [f"{cell.title}: {_summary(cell)}" for cell in different[:MAX_NAMED]]
    more = [f"and {len(different) - MAX_NAMED} more"] if len(different) > MAX_NAMED else []
    return f"Our run did not show what was handed in, in code cell {'; '.join(named + more)} (no points are lost)."


def _align(ours: list[NotebookNode], theirs: list[NotebookNode]) -> Iterator[int | None]:
    """For each of our cells the place of the one of theirs with the same name and code, or else the same code."""
    named: dict[tuple[str, str], list[int]] = defaultdict(list)
    alike: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(theirs):
        named[grade_id(cell) or "", cell.source.strip()].append(index)
        alike[cell.source.strip()].append(index)
    taken: set[int] = set()
    for cell in ours:
        source = cell.source.strip()
        candidates = [*named[grade_id(cell) or "", source], *alike[source]]
        found = next((index for index in candidates if index not in taken), None)
        taken |= {found} if found is not None else set()
        yield found


def _find_short_run(parts: list[Part]) -> ShortRun | None:
    """What the training loop announced first."""
    return next((run for part in parts if part.kind == "printed" for run in find_short_runs(part.text)), None)


def _common_epochs(ours: list[Part], theirs: list[Part], run: ShortRun) -> tuple[list[Part], list[Part], list[int]]:
    """Both without the lines of epochs that only one of them has; and the epochs of which lines are left."""
    shared = _epochs(ours) & _epochs(theirs) if run.all_steps else set()

    def keep(line: str) -> bool:
        epoch = _epoch(line)
        return (epoch is None or epoch in shared) and not find_short_runs(line)

    left, right = (
        [
            text_part("printed", "\n".join(filter(keep, part.text.split("\n")))) if part.kind == "printed" else part
            for part in parts
        ]
        for parts in (ours, theirs)
    )
    return left, right, sorted(shared)


def _epochs(parts: list[Part]) -> set[int]:
    lines = (line for part in parts if part.kind == "printed" for line in part.text.split("\n"))
    return {epoch for line in lines if (epoch := _epoch(line)) is not None}


def _epoch(line: str) -> int | None:
    found = _EPOCH.match(line.rstrip("\r").rpartition("\r")[2])
    return int(found[1]) if found else None


def _loosen(pair: Pair) -> Pair:
    """The pair, where a shorter run may print and draw something else; but a figure or an error is there or not."""
    both = pair.submitted is not None and pair.executed is not None
    return not_covered(pair, "not comparable") if both or pair.kind not in ("figure", "error") else pair


def _remarks(ours: list[Part], theirs: list[Part], short: ShortRun | None) -> Iterator[str]:
    here, there = (sorted({name for part in parts for name in machines(part.text)}) for parts in (ours, theirs))
    if here and there and here != there:
        yield f"It was handed in from {', '.join(here[:3])}, and run again with {', '.join(there[:3])}."
    if short:
        covered = "" if short.all_steps else ", with fewer steps in each, so that no loss can be compared"
        epochs = f"{short.epochs} of {short.of_epochs} epochs"
        yield f"The new run trained for {epochs}{covered}; later cells are not covered."


def _summary(cell: CellComparison) -> str:
    pair = next(pair for pair in cell.pairs if pair.outcome == DIFFERENT)
    return f"{KIND_NAMES[pair.kind]}, {printable(pair.detail, 160)}"
