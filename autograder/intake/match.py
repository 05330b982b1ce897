"""Finds out which of a student's cells is which of the release.

nbgrader's mark decides where it is there. Tools drop it: then the cell's id, its text, and at last its place between
cells that are known say what it is.
"""

from dataclasses import dataclass

from nbformat import NotebookNode
from rapidfuzz import fuzz

from autograder.intake.cells import Cell
from autograder.intake.code import read_code, read_stubs
from autograder.intake.marks import grade_id, locked
from coursekit.text import unix_lines

ALIKE = 80.0  # of 100: a given cell with a sentence added or a line changed is above, two different given cells below
_COMPARED = 2000  # characters of a text that are compared with others


@dataclass(frozen=True)
class Matching:
    """Which cell is which.

    Attributes:
        places: index of the student's cell by the name of the given one.
        guessed: names of those that had no mark and no id, and were recognised by their text or place.
    """

    places: dict[str, int]
    guessed: tuple[str, ...]


def match(cells: list[Cell], release: NotebookNode) -> Matching:
    """The student's cells by the names of the given ones.

    Splitting or copying a cell in Jupyter copies its mark too: the first one that was worked on counts.
    """
    search = _Search(cells, {name: cell for cell in release.cells if (name := grade_id(cell)) is not None})
    for name in search.given:
        search.take(name, search.by_mark(name))
    recognised = set(search.places)
    marks_are_lost = 2 * len(recognised) < len(search.given)
    ways = (
        (search.by_text, search.by_likeness, search.by_place) if marks_are_lost else (search.by_text, search.by_place)
    )
    for find in ways:
        for name in search.given:
            if name not in search.places:
                search.take(name, find(name))
    return Matching(search.places, tuple(n for n in search.given if n in search.places and n not in recognised))


def same_text(one: str, other: str) -> bool:
    """Whether two sources are the same but for line ends, and blanks at line ends and around the text."""
    return normalized(one) == normalized(other)


def normalized(text: str) -> str:
    return "\n".join(line.rstrip() for line in unix_lines(text).split("\n")).strip()


class _Search:
    """What is known so far, and the ways to know more."""

    def __init__(self, cells: list[Cell], given: dict[str, NotebookNode]) -> None:
        self.cells = cells
        self.given = given
        self.texts = [normalized(cell.source) for cell in cells]
        self.places: dict[str, int] = {}
        self.free = dict.fromkeys(range(len(cells)))  # in order

    def take(self, name: str, index: int | None) -> None:
        if index is not None:
            self.places[name] = index
            del self.free[index]

    def by_mark(self, name: str) -> int | None:
        """The cell with that mark, or else one without any of the marks that has the id."""
        given = self.given[name]
        found = [i for i in self.free if self.cells[i].name == name]
        found = found or [i for i in self._unmarked() if given.get("id") in self.cells[i].ids]
        text = normalized(given.source)
        worked_on = [i for i in found if self.texts[i] != text and not locked(given)]
        return next(iter(worked_on or found), None)

    def by_text(self, name: str) -> int | None:
        """The first cell with the same text; not for written answers, whose placeholders are alike."""
        given = self.given[name]
        if not locked(given) and given.cell_type != "code":
            return None
        text = normalized(given.source)
        return next((i for i in self._unmarked() if self.texts[i] == text), None)

    def by_likeness(self, name: str) -> int | None:
        """The cell whose text is most like that of the given one."""
        if not locked(self.given[name]):
            return None
        text = normalized(self.given[name].source)[:_COMPARED]
        scored = [(fuzz.ratio(text, self.texts[i][:_COMPARED]), -i) for i in self._unmarked() if self.texts[i]]
        score, index = max(scored, default=(0.0, 0))
        return -index if score >= ALIKE else None

    def by_place(self, name: str) -> int | None:
        """The one cell between its neighbours that defines what a task asks for, or is the placeholder of an answer."""
        given, names = self.given[name], list(self.given)
        if locked(given):
            return None
        before = next((self.places[n] for n in reversed(names[: names.index(name)]) if n in self.places), -1)
        unmarked, near = set(self._unmarked()), []
        while (before := before + 1) in unmarked:
            near += [before] if self.cells[before].kind == given.cell_type else []
        if given.cell_type != "code":
            return next((i for i in near if self.texts[i] == normalized(given.source)), None)
        stubs = read_stubs(given.source)
        found = [i for i in near if read_code(self.cells[i].source, stubs).defines & stubs.keys()]
        return found[0] if len(found) == 1 else None

    def _unmarked(self) -> list[int]:
        return [i for i in self.free if self.cells[i].name not in self.given]
