"""Verdicts: what the checks decided, and how many points that gives.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the record that leaves
the judgement. `autograder.graded_cell` writes it into the graded cells.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Outcome = Literal["passed", "failed", "not_checked", "cannot_judge"]
NOT_RECORDED = "The test cell did not run, or stopped before it was done."  # until `reasons` says why
POINT_DIGITS = 4  # of points after the decimal point: a third of a point is 0.3333


@dataclass(frozen=True)
class CheckResult:
    """What one hidden check decided about one submission.

    `name` is the check's, `cell` the grade id of the graded cell that it belongs to, `title` the sentence that the
    student reads. A failed check has a `mistake`, the short name of what went wrong, a `rationale`, what was seen,
    and a `help`, what to try; it is `near_threshold` where chance may have had a part in it, and `consequence_of` the
    mistake that explains it, if there is one, or `same_as` the title of the check that found the same before. `points`
    of `max_points` are earned: all of them if it passed, the share `earned` if it failed, and else none.
    """

    name: str
    cell: str
    title: str
    outcome: Outcome
    max_points: float
    mistake: str = ""
    rationale: str = ""
    help: str = ""
    near_threshold: bool = False
    consequence_of: str = ""
    same_as: str = ""
    earned: float = 0.0

    @property
    def points(self) -> float:
        if self.outcome == "passed":
            return self.max_points
        return round(self.max_points * self.earned, POINT_DIGITS) if self.outcome == "failed" else 0.0


@dataclass(frozen=True)
class Verdict:
    """What all hidden checks of an assignment decided about one submission.

    `faults` are the tracebacks of what broke in the grader while it judged, for the instructor. A check that broke
    cannot judge; the others keep their outcome.
    """

    assignment: str
    checks: tuple[CheckResult, ...]
    faults: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        return sum(check.max_points for check in self.checks)

    def for_cell(self, cell: str) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if check.cell == cell)

    def needs_a_person(self, cell: str) -> bool:
        """Whether the points of a graded cell must be given by a person."""
        return any(check.outcome == "cannot_judge" for check in self.for_cell(cell))

    @property
    def near_threshold(self) -> tuple[CheckResult, ...]:
        """What a second run decides."""
        return tuple(check for check in self.checks if check.near_threshold)

    def decided_by(self, second: "Verdict") -> "Verdict":
        """This verdict, but with the second one's results of the checks that were near a threshold."""
        results = {check.name: check for check in second.checks}
        checks = tuple(results[c.name] if c.near_threshold else c for c in self.checks)
        return replace(self, checks=checks, faults=self.faults + second.faults)

    def not_checked(self, reason: str) -> "Verdict":
        """The verdict that every check ends with where nothing could be run."""
        ended = (
            replace(c, outcome="not_checked", rationale=reason, help="", mistake="", earned=0.0) for c in self.checks
        )
        return replace(self, checks=tuple(ended))

    def doubted(self, doubts: Mapping[str, str]) -> "Verdict":
        """This verdict, but a check does not decide on a failure where the work may be elsewhere: a person does.

        Args:
            doubts: where that is, by the name of the graded cell.
        """

        def doubt(check: CheckResult) -> CheckResult:
            if check.cell not in doubts or check.outcome == "passed":
                return check
            seen = [doubts[check.cell], *([check.rationale] if check.outcome == "failed" else [])]
            return replace(check, outcome="cannot_judge", mistake="", earned=0.0, rationale=" ".join(seen))

        return replace(self, checks=tuple(map(doubt, self.checks)))

    def to_json(self) -> dict[str, Any]:
        checks = [{**asdict(check), "points": check.points} for check in self.checks]
        return {
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "checks": checks,
            "faults": list(self.faults),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Verdict":
        checks = tuple(
            CheckResult(**{key: value for key, value in check.items() if key != "points"}) for check in data["checks"]
        )
        return Verdict(data["assignment"], checks, tuple(data.get("faults", ())))


def show_points(points: float) -> str:
    """Points as people read them, and nbgrader: as many digits as they have, and no more than `POINT_DIGITS`."""
    return f"{points:.{POINT_DIGITS}f}".rstrip("0").rstrip(".")


def in_words(mistake: str) -> str:
    """The short name of a mistake, as people read it."""
    return mistake.replace("-", " ")
