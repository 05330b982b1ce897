"""Homework 2 as it is handed in, to be changed by a test as students change it."""

import copy
import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.intake import Repaired, grade_id, repair

RIGHT = THREE_OPTIMIZERS | WRITTEN


class Homework:
    """One notebook, and what students do to it."""

    def __init__(self, release: NotebookNode, without: tuple[str, ...]) -> None:
        self.release = release
        self.notebook = copy.deepcopy(release)
        for name, text in RIGHT.items():
            if name not in without:
                self[name].source = text

    def __getitem__(self, name: str) -> NotebookNode:
        return self.notebook.cells[self.place(name)]

    def place(self, name: str) -> int:
        return next(i for i, cell in enumerate(self.notebook.cells) if grade_id(cell) == name)

    def put(self, place: int, text: str, kind: str = "code") -> NotebookNode:
        make = getattr(nbformat.v4, f"new_{kind}_cell")
        self.notebook.cells.insert(place, make(text))
        return self.notebook.cells[place]

    def drop(self, name: str) -> NotebookNode:
        return self.notebook.cells.pop(self.place(name))

    def written(self) -> bytes:
        return json.dumps(self.notebook).encode()

    def repaired(self, **handed_in: Any) -> Repaired:
        return repair(self.written(), self.release, **handed_in)


def sources(repaired: Repaired) -> dict[str, str]:
    return {str(grade_id(cell)): cell.source for cell in repaired.notebook.cells if grade_id(cell)}
