"""What is said of a class, as records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from autograder.deadlines import show_late
from autograder.verdict import CheckResult, Verdict


@dataclass(frozen=True)
class TeamRow:
    """One team, or one student.

    Attributes:
        student: its folder in `submitted/`.
        members: ids of its people, as far as they are known.
        verdict: of the checks; None where it is not graded.
        points: in the gradebook, less penalties and never below 0; None where it is not graded.
        max_points: of the whole assignment.
        answers: points of each written answer by its cell, None where nobody has marked it.
        waiting: cells that wait for a person.
        penalties: what was taken off, by cause.
        late: after its own deadline.
        missing: required files that are not there.
        remarks: what was said beside the verdict.
        seconds: that grading took.
        gone: whether it was graded, and what came of it is gone or damaged.
    """

    student: str
    members: tuple[str, ...] = ()
    verdict: Verdict | None = None
    points: float | None = None
    max_points: float = 0.0
    answers: dict[str, float | None] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    penalties: tuple[str, ...] = ()
    late: timedelta = timedelta(0)
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    gone: bool = False

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Short names of what went wrong, each once, causes only."""
        failed = [check for check in self.checks if check.outcome == "failed" and not check.consequence_of]
        return tuple(dict.fromkeys(check.mistake or check.name for check in failed))

    @property
    def checks(self) -> Sequence[CheckResult]:
        return self.verdict.checks if self.verdict else ()

    @property
    def needs(self) -> str:
        """Why a person must look at more than the written answers; "" where nobody must."""
        if self.gone:
            return "its stored result is gone or damaged: grade it again"
        if self.verdict is None:
            return "not graded: see .autograder/faults/"
        if self.verdict.faults:
            return "a check broke: see .autograder/faults/"
        unsure = [check for check in self.verdict.checks if check.outcome == "cannot_judge"]
        open_ = [check for check in unsure if check.cell in self.waiting]
        return open_[0].rationale or open_[0].title if open_ else ""

    @property
    def unmarked(self) -> int:
        return sum(points is None for points in self.answers.values())

    @property
    def late_by(self) -> str:
        return show_late(self.late)


@dataclass(frozen=True)
class CheckRate:
    """How the class did in one check; the four numbers are counts of teams."""

    title: str
    passed: int
    failed: int
    not_checked: int
    person: int

    @property
    def all(self) -> int:
        return self.passed + self.failed + self.not_checked + self.person


@dataclass(frozen=True)
class Overview:
    """A class.

    Attributes:
        course: the course's name.
        assignment: the assignment's short name.
        title: what people read.
        teams: by name.
        nothing: ids of people who handed nothing in.
        to_decide: people whose grade somebody must decide about: pairs of id and why.
        alike: groups of teams whose work is nearly the same: pairs of what, and who.
        answer_points: what each written answer can have, by its cell.
    """

    course: str
    assignment: str
    title: str
    teams: tuple[TeamRow, ...]
    nothing: tuple[str, ...] = ()
    to_decide: tuple[tuple[str, str], ...] = ()
    alike: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answer_points: Mapping[str, float] = field(default_factory=dict)

    @property
    def graded(self) -> tuple[TeamRow, ...]:
        return tuple(team for team in self.teams if team.points is not None)

    @property
    def max_points(self) -> float:
        return max((team.max_points for team in self.graded), default=0.0)

    @property
    def reachable(self) -> float:
        """The points that a team can have by now: of code, and of the questions for which anybody was given any."""
        code = max((team.verdict.max_points for team in self.graded if team.verdict), default=0.0)
        begun = {cell for team in self.graded for cell, points in team.answers.items() if points}
        return code + sum(points for cell, points in self.answer_points.items() if cell in begun)

    @property
    def mistakes(self) -> list[tuple[str, tuple[TeamRow, ...]]]:
        """Each mistake with the teams that made it, the most frequent first."""
        counted = Counter(mistake for team in self.teams for mistake in team.mistakes)
        return [
            (mistake, tuple(team for team in self.teams if mistake in team.mistakes))
            for mistake, _ in counted.most_common()
        ]

    @property
    def rates(self) -> list[CheckRate]:
        """Of each check, in the order of the notebook."""
        counted: dict[str, Counter[str]] = {}
        titles: dict[str, str] = {}
        for team in self.teams:
            for check in team.checks:
                titles[check.name] = check.title
                counted.setdefault(check.name, Counter())[check.outcome] += 1
        return [
            CheckRate(titles[name], found["passed"], found["failed"], found["not_checked"], found["cannot_judge"])
            for name, found in counted.items()
        ]

    @property
    def unmarked(self) -> int:
        """Written answers that nobody has marked yet."""
        return sum(team.unmarked for team in self.teams)

    @property
    def needy(self) -> tuple[TeamRow, ...]:
        return tuple(team for team in self.teams if team.needs)
