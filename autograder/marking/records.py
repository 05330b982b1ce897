"""The records of the marker's desk: what is asked, what was handed in, and what is given for it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from autograder.verdict import CheckResult

HALF = 0.5


@dataclass(frozen=True)
class Criterion:
    """A row of a marking scheme: up to so many points, for what."""

    points: float
    text: str

    @property
    def steps(self) -> tuple[float, ...]:
        """What can be given for it, from nothing to all, by half points."""
        halves = tuple(number * HALF for number in range(int(self.points / HALF) + 1))
        return halves if halves[-1] == self.points else (*halves, self.points)


@dataclass(frozen=True)
class Scheme:
    """A marking scheme.

    Attributes:
        criteria: its rows, whose points add up to those of the question; one for all where they do not.
        rules: the rest of it, in Markdown.
        model_answer: in Markdown; empty where there is none.
    """

    criteria: tuple[Criterion, ...]
    rules: str = ""
    model_answer: str = ""


@dataclass(frozen=True)
class Question:
    """A cell for which a person gives points.

    Attributes:
        cell: nbgrader's name of it.
        title: of the question.
        text: what students are asked, in Markdown; empty for a cell that checks judge.
        points: at most.
        scheme: how they are given.
        written: whether it is an answer in words, and not a cell that checks judge.
    """

    cell: str
    title: str
    text: str
    points: float
    scheme: Scheme
    written: bool = True


class Standing(StrEnum):
    """How far a cell of one team is."""

    WAITING = "waiting"
    LOOK_AGAIN = "look again"  # it was marked, and then graded anew
    MARKED = "marked"
    BY_ITSELF = "by itself"  # its points come from checks, or nothing was written


@dataclass(frozen=True)
class Mark:
    """What the gradebook holds for one cell of one team.

    Attributes:
        standing: whether a person must still look at it.
        points: given by a person, or None.
        by_itself: given without one, or None.
        extra: extra credit, which the formgrader can give.
        comment: written by a person.
        automatic_comment: what nbgrader says in its place.
    """

    standing: Standing
    points: float | None
    by_itself: float | None
    extra: float
    comment: str
    automatic_comment: str

    @property
    def version(self) -> str:
        """Another one for each other content, so that nobody overwrites what they have not seen."""
        content = json.dumps([self.standing, self.points, self.by_itself, self.extra, self.comment])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Given:
    """What a marker gives: points, or None to say nothing about them yet, a comment, and what was clicked for it."""

    points: float | None
    comment: str
    clicked: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Text:
    """Markdown of a student, or code, with the pictures pasted into it."""

    source: str
    is_code: bool = False
    attachments: Mapping[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A picture that stood below a code cell when the notebook was handed in."""

    name: str
    mime: str
    base64: str


@dataclass(frozen=True)
class Code:
    """A code cell of the student's."""

    name: str
    source: str


@dataclass(frozen=True)
class Work:
    """What one team handed in, as far as it helps to mark one question.

    Attributes:
        answer: what is marked; None for a cell that checks judge.
        checks: those of that cell.
        remarks: of the grader about the whole submission.
        code: the cells in which the student solves something.
        figures: as handed in.
        pdf: whether there is a printed notebook.
    """

    answer: Text | None
    checks: tuple[CheckResult, ...]
    remarks: tuple[str, ...]
    code: tuple[Code, ...]
    figures: tuple[Figure, ...]
    pdf: bool
