"""The work on an assignment's questions: in which order answers are marked, what is left, and who is at what.

Nobody's name is on the desk. An answer has a number that stands for its team, and the answers to each question lie in
an order of its own, so that no team is always the first or the last to be marked.
"""

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.config import Course
from autograder.gradebook import check_gradebook
from autograder.marking.book import read_marks
from autograder.marking.questions import read_questions
from autograder.marking.records import Mark, Question, Standing

HELD_SECONDS = 90.0  # that an answer counts as open since its page was last heard of, which speaks every few seconds
LEFT = (Standing.WAITING, Standing.LOOK_AGAIN)
Marks = Mapping[tuple[str, str], Mark]


@dataclass(frozen=True)
class Progress:
    """How far a question is: answers that a person must look at, or did, and how many of them are done."""

    question: Question
    done: int
    all: int
    by_itself: int


@dataclass
class Desk:
    """One assignment, and the markers who are at it.

    Attributes:
        course: the course.
        assignment: its name.
        questions: all cells with points, by name.
        held: which marker was heard of last, and when, by the names of cell and team.
    """

    course: Course
    assignment: str
    questions: Mapping[str, Question]
    held: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)

    def read(self) -> Marks:
        return read_marks(self.course, self.assignment)

    def number(self, team: str) -> str:
        """What stands for a team on the pages."""
        return self._digest(f"{self.assignment}\n{team}")[:8]

    def order(self, question: Question, marks: Marks) -> list[str]:
        """The teams in the order in which their answers to a question are marked.

        Answers lie there that a person must look at, or did; if there are none, all.
        """
        teams = [team for cell, team in marks if cell == question.cell]
        concerned = [team for team in teams if marks[question.cell, team].standing is not Standing.BY_ITSELF]
        return sorted(concerned or teams, key=lambda team: self._digest(f"{question.cell}\n{team}"))

    def find(self, number: str, marks: Marks) -> str | None:
        """The team that a number stands for."""
        return next((team for _, team in marks if self.number(team) == number), None)

    def hold(self, question: Question, team: str, marker: str) -> int:
        """Note that the marker has an answer before them; how many others have."""
        at = self.held.setdefault((question.cell, team), {})
        now = time.monotonic()
        for other in [other for other, when in at.items() if now - when > HELD_SECONDS]:
            del at[other]
        at[marker] = now
        return len(at) - 1

    def leave(self, question: Question, team: str, marker: str) -> None:
        self.held.get((question.cell, team), {}).pop(marker, None)

    def next_left(self, question: Question, marks: Marks, after: str | None, marker: str) -> str | None:
        """The next answer that waits for a mark, first those that no other marker has before them."""
        teams = self.order(question, marks)
        begin = teams.index(after) + 1 if after in teams else 0
        left = [team for team in teams[begin:] + teams[:begin] if marks[question.cell, team].standing in LEFT]
        left = [team for team in left if team != after]
        now = time.monotonic()

        def free(team: str) -> bool:
            at = self.held.get((question.cell, team), {})
            return all(other == marker or now - when > HELD_SECONDS for other, when in at.items())

        return next((team for team in left if free(team)), next(iter(left), None))

    def progress(self, marks: Marks) -> Sequence[Progress]:
        """Of all questions that a person has something to do with, those in words first."""
        found = []
        for question in self.questions.values():
            standings = [mark.standing for (cell, _), mark in marks.items() if cell == question.cell]
            left = sum(standing in LEFT for standing in standings)
            done = standings.count(Standing.MARKED)
            if question.written or left or done:
                found.append(Progress(question, done, left + done, standings.count(Standing.BY_ITSELF)))
        return sorted(found, key=lambda one: not one.question.written)

    def _digest(self, text: str) -> str:
        return hmac.digest(self.course.secret.encode(), text.encode("utf-8", "surrogateescape"), "sha256").hex()


def open_desk(course: Course, assignment: str) -> Desk:
    """The desk of an assignment.

    Raises:
        UsageError: nothing of it is graded yet, or the gradebook does not know it.
    """
    course.require_graded(assignment)
    check_gradebook(course, assignment)
    questions = read_questions(course, assignment)
    return Desk(course, assignment, {question.cell: question for question in questions})
