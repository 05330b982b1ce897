"""Cuts a graded notebook into parts: what was handed out, what the student wrote, and what was said about it.

A part begins at a heading of the given text: at the large ones, and at a smaller one under which there are points. What
was handed out is taken from the release, in which there is neither a marking scheme nor a model answer.
"""

import io
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import PIL.Image
from markupsafe import Markup
from nbformat import NotebookNode

from autograder.feedback.handed_in import picture_address, show_outputs
from autograder.feedback.records import EMPTY, Answer, Figure, Part, Shown, Work
from autograder.feedback.standing import Marks, reason_of, said_alike, state_of
from autograder.gradebook import Score
from autograder.grading import NOTES_ID
from autograder.intake import grade_id, graded_by_checks, locked
from autograder.intake.match import same_text
from autograder.intake.order import MOVED
from autograder.shown import page_text
from autograder.verdict import CheckResult, Verdict

_LARGE = 2  # headings of this level, and larger ones, begin a part
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$", re.MULTILINE)
_POINTS = re.compile(r"\s*\([^()]*\bpoints?\b[^()]*\)\s*$")
_SENTENCE = re.compile(r"(?:(?!\n\n).)+?(?:[.:](?=\s|$)|(?=\n\n)|$)", re.DOTALL)
_MARKS = re.compile(r"[*`$]")
_MAP_ALT = "A figure drawn from the checks of your code."


@dataclass(frozen=True)
class Graded:
    """What parts are made of.

    Attributes:
        notebook: the graded notebook.
        release: the released one.
        verdict: of the checks.
        score: in the gradebook.
        comments: of the persons who marked, by the cell's name.
        outputs: with which the code cells were handed in, as `read_outputs` gives them.
    """

    notebook: NotebookNode
    release: NotebookNode
    verdict: Verdict
    score: Score
    comments: Mapping[str, str]
    outputs: Mapping[str, list[Any]]


def cut_into_parts(graded: Graded) -> tuple[Part, ...]:
    """The parts in the order of the notebook; those in which there is given text only are joined."""
    released = {name: cell for cell in graded.release.cells if (name := grade_id(cell))}
    sections = [_Section("Before the first heading")]
    begun = False  # whether anything of the student's came before
    cells = [cell for cell in graded.notebook.cells if cell.get("id") != NOTES_ID]
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        given = released.get(name or "")
        if given is not None and locked(given) and given.cell_type == "markdown":
            heading = _HEADING.search(given.source)
            if heading and (len(heading[1]) <= _LARGE or _has_points(cells, index, released)):
                sections.append(_Section(_title(heading[2])))
            sections[-1].add_given_text(given.source)
        elif given is not None and graded_by_checks(given):
            sections[-1].add_checks(cell, given, graded)
        elif given is not None and locked(given):
            sections[-1].add_given_code(cell, graded, shown=begun)
        elif given is not None and given.metadata.nbgrader.get("grade"):
            sections[-1].add_answer(cell, given, graded)
            begun = True
        elif not cell.source.startswith(MOVED):
            sections[-1].add_work(cell, given, graded)
            begun = True
    parts: list[Part] = []
    for part in (section.part() for section in sections if not section.empty):
        if part.only_given and parts and parts[-1].only_given:
            last = parts.pop()
            part = Part(f"{last.title}; {part.title}", last.given + part.given)
        parts.append(part)
    return tuple(parts)


def _has_points(cells: Sequence[NotebookNode], index: int, released: Mapping[str, NotebookNode]) -> bool:
    """Whether there is a cell with points between the heading in the cell of that index and the next one."""
    for cell in cells[index + 1 :]:
        given = released.get(grade_id(cell) or "")
        if given is None:
            continue
        if given.metadata.nbgrader.get("grade"):
            return True
        if given.cell_type == "markdown" and locked(given) and _HEADING.search(given.source):
            return False
    return False


def _title(heading: str) -> str:
    return _MARKS.sub("", _POINTS.sub("", heading))


@dataclass
class _Section:
    """A part while it is put together."""

    title: str
    given: list[Markup] = field(default_factory=list)
    caption: Markup = EMPTY
    works: list[Work] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    maps: list[tuple[Figure, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    waiting: bool = False
    points: list[float | None] = field(default_factory=list)
    max_points: float = 0.0

    @property
    def empty(self) -> bool:
        return not (self.given or self.works or self.checks or self.answers or self.shown)

    def add_given_text(self, source: str) -> None:
        self.given.append(_given_text(source))
        first = _SENTENCE.match(_HEADING.sub("", source).strip())
        self.caption = page_text.markdown(first[0]) if first else EMPTY

    def add_given_code(self, cell: NotebookNode, graded: Graded, shown: bool) -> None:
        self.given.append(Markup("<pre>{}</pre>").format(cell.source))
        name = grade_id(cell) or ""
        if shown and (outputs := show_outputs(graded.outputs.get(name, []), self._alt(name))):
            self.shown.append(Shown(self.caption, outputs))
        self.caption = EMPTY

    def add_work(self, cell: NotebookNode, given: NotebookNode | None, graded: Graded) -> None:
        if not cell.source.strip():
            return
        if cell.cell_type != "code":
            self.works.append(Work(text=page_text.markdown(cell.source, cell.get("attachments"))))
            return
        untouched = given is not None and same_text(cell.source, given.source)
        self.works.append(Work(code=cell.source, given=untouched))
        name = grade_id(cell) or cell.get("id", "")
        if outputs := show_outputs(graded.outputs.get(name, []), "A figure of a cell of your own, as handed in."):
            self.shown.append(Shown(Markup("A cell of your own:"), outputs))

    def add_checks(self, cell: NotebookNode, given: NotebookNode, graded: Graded) -> None:
        name = str(grade_id(cell))
        self._count(name, given, graded)
        self.checks += graded.verdict.for_cell(name)
        for output in cell.outputs:
            if picture := output.get("data", {}).get("image/png"):
                told = _description(picture)
                alt = f"{re.split('[.:]', told)[0]}." if told else _MAP_ALT
                self.maps.append((Figure(picture_address("image/png", picture), alt), told))

    def add_answer(self, cell: NotebookNode, given: NotebookNode, graded: Graded) -> None:
        name = str(grade_id(cell))
        self._count(name, given, graded)
        pictures = cell.get("attachments")
        self.answers.append(
            Answer(
                text=page_text.markdown(cell.source, pictures)
                if cell.cell_type != "code"
                else Markup("<pre>{}</pre>").format(cell.source),
                empty=(same_text(cell.source, given.source) and not pictures) or not cell.source.strip(),
                points=graded.score.cells.get(name),
                max_points=float(given.metadata.nbgrader.points),
                comment=graded.comments.get(name, ""),
            )
        )

    def part(self) -> Part:
        marks = Marks(tuple(self.checks), tuple(self.answers), tuple(self.points), self.waiting)
        state = state_of(marks) if self.points else None
        return Part(
            title=self.title,
            given=Markup().join(self.given),
            works=tuple(self.works),
            said=said_alike(self.checks),
            maps=tuple(self.maps),
            answers=tuple(self.answers),
            shown=tuple(self.shown),
            points=sum(known) if (known := [points for points in self.points if points is not None]) else None,
            max_points=self.max_points,
            state=state,
            reason=reason_of(marks, state) if state else "",
        )

    def _count(self, name: str, given: NotebookNode, graded: Graded) -> None:
        self.waiting = self.waiting or name in graded.score.waiting
        self.points.append(graded.score.cells.get(name))
        self.max_points += float(given.metadata.nbgrader.points)

    def _alt(self, name: str) -> str:
        told = page_text.plain(self.caption).rstrip(":")
        return told or f"What the cell {name} showed when it was handed in"


@lru_cache(maxsize=512)
def _given_text(source: str) -> Markup:
    """The same for the whole class."""
    return page_text.markdown(source)


def _description(picture: str) -> str:
    """What a figure of the checks says about itself, in the field that PNG has for it; "" where it says nothing."""
    with PIL.Image.open(io.BytesIO(b64decode(picture))) as image:
        return str(image.info.get("Description", "")) if image.format == "PNG" else ""
