"""What a feedback page says, as records. All markup in them is cleaned; all other texts are escaped by the page."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from markupsafe import Markup

from autograder.verdict import CheckResult

EMPTY = Markup()


class State(Enum):
    """How a task stands, in the words of the page."""

    RIGHT = "right"
    PARTLY = "partly right"
    WRONG = "not right yet"
    UNCHECKED = "not checked"
    PERSON = "a person will look"
    UNMARKED = "not marked yet"
    MARKED = "marked"
    EMPTY = "nothing written"


@dataclass(frozen=True)
class Figure:
    """A picture: its address, which holds all of it, and what is in it, for who does not see it."""

    address: Markup
    alt: str


@dataclass(frozen=True)
class Output:
    """One thing that a cell showed: a figure, or else markup of so many lines."""

    figure: Figure | None = None
    markup: Markup = EMPTY
    lines: int = 0


@dataclass(frozen=True)
class Shown:
    """What a given cell showed when the notebook was handed in; `caption` is what the notebook says above it."""

    caption: Markup
    outputs: tuple[Output, ...]


@dataclass(frozen=True)
class Work:
    """What the student wrote: `code`, or `text`; `given` where it is as handed out."""

    code: str = ""
    text: Markup = EMPTY
    given: bool = False


@dataclass(frozen=True)
class Said:
    """What some checks said alike: what they found, what to try, and what explains it."""

    checks: tuple[CheckResult, ...]

    @property
    def first(self) -> CheckResult:
        return self.checks[0]


@dataclass(frozen=True)
class Answer:
    """A written answer, its points, None while nobody has marked it, and the comment of the person who did."""

    text: Markup
    empty: bool
    points: float | None
    max_points: float
    comment: str = ""


@dataclass(frozen=True)
class Part:
    """One section of the notebook.

    Attributes:
        title: its heading.
        given: what was handed out in it.
        works: what the student wrote, but for written answers.
        said: what the checks said.
        maps: figures drawn for the feedback, with a sentence each.
        answers: the written answers.
        shown: what its given cells showed when they were handed in.
        points: of all of it; None where nothing is marked yet.
        max_points: 0 where it has no points.
        state: None where it has no points.
        reason: one line that says why.
    """

    title: str
    given: Markup = EMPTY
    works: tuple[Work, ...] = ()
    said: tuple[Said, ...] = ()
    maps: tuple[tuple[Figure, str], ...] = ()
    answers: tuple[Answer, ...] = ()
    shown: tuple[Shown, ...] = ()
    points: float | None = None
    max_points: float = 0.0
    state: State | None = None
    reason: str = ""

    @property
    def only_given(self) -> bool:
        return not (self.works or self.said or self.answers or self.shown)


class Stale(StrEnum):
    """Why what is known of a submission is not of the work that is there now."""

    GONE = "its stored result is gone or damaged"
    BROKEN = "its page could not be made: see .autograder/faults/"
    OLDER = "something else was handed in since it was graded"


@dataclass(frozen=True)
class Feedback:
    """One page.

    Attributes:
        course: the course's name.
        title: the assignment's.
        who: the team or student, by the name that graders know.
        score: the points in words, a sentence each.
        penalties: what was taken off, by cause: pairs of name and points.
        notes: what else is to be known, a sentence each.
        parts: the notebook.
        older: whether it is of work in whose place something else was handed in since.
    """

    course: str
    title: str
    who: str
    score: tuple[str, ...]
    penalties: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = field(default=(), repr=False)
    older: bool = False

    @property
    def tasks(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.state is not None)
