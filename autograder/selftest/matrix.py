"""The matrix of solutions against checks, and what it says about the checks.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the evidence on
which an instructor can trust a verdict. `autograder.report.selftest` shows it, and
`matrix_json` writes it for programs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.selftest.mutants import Edit
from autograder.selftest.solutions import Claim

FATES = ("equivalent", "killed", "undecided", "survived", "fault")
SAME_TRAINING = "trains the same weights"


@dataclass(frozen=True)
class Cell:
    """What one check decided about one solution; `left_out` if it had nothing to judge on purpose."""

    outcome: str
    mistake: str = ""


@dataclass(frozen=True)
class Row:
    """One solution.

    Attributes:
        claim: what its docstring says.
        cells: by name of the check.
        fault: what disagrees with the claim, one sentence; empty if nothing does.
        seconds: to run and judge it.
    """

    claim: Claim
    cells: dict[str, Cell]
    fault: str
    seconds: float

    @property
    def name(self) -> str:
        return self.claim.path.stem

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(name for name, cell in self.cells.items() if cell.outcome == "failed")

    @property
    def undecided(self) -> bool:
        """Whether a quick run leaves out the check that this solution is about."""
        cell = self.cells.get(self.claim.check)
        return cell is not None and cell.outcome == "left_out"

    @property
    def unannounced(self) -> tuple[str, ...]:
        """Mistakes that are reported but not in the docstring: consequences, as a rule."""
        announced = {self.claim.mistake, *self.claim.also}
        return tuple(dict.fromkeys(c.mistake for c in self.cells.values() if c.mistake and c.mistake not in announced))


@dataclass(frozen=True)
class MutantRow:
    """One mutant: what became of it, one of `FATES`, and what each check decided if it came to that.

    `reason` is what it raises, if it does, or `SAME_TRAINING`, or what went wrong in the grader.
    """

    claim: Claim
    edit: Edit
    fate: str
    cells: dict[str, Cell]
    seconds: float
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.claim.path.stem}:{self.edit.line}"


@dataclass(frozen=True)
class Matrix:
    """All solutions against all checks.

    Attributes:
        checks: names, in the order in which they run.
        rows: right, wrong, blind spots, each by name.
        mutants: those that were run.
        possible_mutants: how many there are of the right solutions in all.
        seconds: from begin to end.
    """

    assignment: str
    seed: int
    quick: bool
    checks: tuple[str, ...]
    rows: tuple[Row, ...]
    mutants: tuple[MutantRow, ...]
    possible_mutants: int
    seconds: float

    @staticmethod
    def of(
        assignment: str,
        seed: int,
        quick: bool,
        results: Sequence[Row | MutantRow],
        possible_mutants: int,
        seconds: float,
    ) -> "Matrix":
        """Put the results, which come in any order, into theirs."""
        order = {"right": 0, "wrong": 1, "blind_spots": 2}
        rows = sorted(
            (row for row in results if isinstance(row, Row)), key=lambda row: (order[row.claim.kind], row.name)
        )
        mutants = sorted(
            (row for row in results if isinstance(row, MutantRow)),
            key=lambda row: (row.claim.path.stem, row.edit.line, row.edit.operator, row.edit.after),
        )
        checks = tuple(dict.fromkeys(name for row in rows for name in row.cells))
        return Matrix(assignment, seed, quick, checks, tuple(rows), tuple(mutants), possible_mutants, seconds)

    def of_kind(self, kind: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.claim.kind == kind)

    @property
    def disagreeing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.fault)

    @property
    def passed(self) -> bool:
        """Whether every solution was judged as its docstring says."""
        return not self.disagreeing

    def rejected(self) -> tuple[Row, ...]:
        """Right designs that did not pass everything."""
        return tuple(row for row in self.of_kind("right") if row.fault)

    def not_caught(self) -> tuple[Row, ...]:
        """Wrong solutions that no check failed."""
        return tuple(row for row in self.of_kind("wrong") if row.fault and not row.failed)

    def misnamed(self) -> tuple[Row, ...]:
        """Wrong solutions that failed, but not at the check or not by the name that they claim."""
        return tuple(row for row in self.of_kind("wrong") if row.fault and row.failed)

    def caught(self) -> dict[str, Counter[str]]:
        """For each mistake that wrong solutions claim: how many of them each check failed."""
        caught: dict[str, Counter[str]] = {}
        for row in self.of_kind("wrong"):
            if not row.undecided:
                caught.setdefault(row.claim.mistake, Counter()).update(row.failed)
        return dict(sorted(caught.items()))

    def claiming(self, mistake: str) -> int:
        """How many wrong solutions claim a mistake."""
        return sum(row.claim.mistake == mistake for row in self.of_kind("wrong"))

    def fails(self, check: str) -> int:
        """How many wrong solutions failed a check."""
        return sum(check in row.failed for row in self.of_kind("wrong"))

    def caught_by_one(self) -> dict[str, tuple[Row, ...]]:
        """For each check: the wrong solutions that it alone caught."""
        wrong = self.of_kind("wrong")
        return {check: tuple(row for row in wrong if row.failed == (check,)) for check in self.checks}

    def mistakes_of_one_check(self) -> dict[str, str]:
        """Mistakes whose wrong solutions were all caught by the same check and by no other, with that check."""
        return {mistake: next(iter(checks)) for mistake, checks in self.caught().items() if len(checks) == 1}

    def never_failing(self) -> tuple[str, ...]:
        """Checks that no wrong solution failed."""
        used = {name for row in self.of_kind("wrong") for name in row.failed}
        return tuple(name for name in self.checks if name not in used and not self._left_out(name))

    def never_alone(self) -> tuple[str, ...]:
        """Checks that fail, but never as the only one: without them the same solutions would be caught."""
        alone = self.caught_by_one()
        silent = self.never_failing()
        return tuple(
            name for name in self.checks if not alone[name] and name not in silent and not self._left_out(name)
        )

    def _left_out(self, check: str) -> bool:
        return any(row.cells[check].outcome == "left_out" for row in self.rows if check in row.cells)

    def fates(self) -> dict[str, int]:
        """How many mutants came to what end."""
        counted = Counter(row.fate for row in self.mutants)
        return {fate: counted[fate] for fate in FATES if counted[fate] or fate != "fault"}

    def with_fate(self, *fates: str) -> tuple[MutantRow, ...]:
        return tuple(row for row in self.mutants if row.fate in fates)

    @property
    def killed_by_raising(self) -> int:
        """How many of the killed mutants raise: those are easy to catch."""
        return sum(row.reason not in ("", SAME_TRAINING) for row in self.with_fate("killed"))

    def by_operator(self) -> dict[str, Counter[str]]:
        """For each kind of edit: how many of its mutants came to what end."""
        counted: dict[str, Counter[str]] = {}
        for row in self.mutants:
            counted.setdefault(row.edit.operator, Counter())[row.fate] += 1
        return dict(sorted(counted.items()))
