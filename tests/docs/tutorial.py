"""Carries out a tutorial of the documentation: every fenced block of it, in a folder.

A block says in its title which file it is. Without a title, `bash` is run, and a `text` block behind it is what it
prints: these lines, in whatever order, where `...` stands for anything.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat

FENCE = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CELL = re.compile(r"(.+\.ipynb): (solution|test|given) cell (\w+)(?:, (\d+) points?)?")
END = ": at the end"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its title, which may be empty, and its text."""

    language: str
    title: str
    text: str


def blocks_of(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text(encoding="utf-8"))]


def carry_out(page: Path, folder: Path, environment: dict[str, str]) -> Path:
    """Carry out the blocks of a page, in their order; returns the folder in which the shell is at the end."""
    printed = ""
    for block in blocks_of(page):
        if block.title:
            write(block, folder)
        elif block.language == "bash":
            printed, folder = run(block.text, folder, environment)
        elif block.language == "text":
            assert not (lost := missing(block.text, printed)), f"{page.name} shows {lost}, and this came:\n{printed}"
        else:
            raise AssertionError(f"{page.name}: a block of {block.language} without a title is run by nobody.")
    return folder


def run(script: str, folder: Path, environment: dict[str, str]) -> tuple[str, Path]:
    """What a script prints, and the folder in which it ends."""
    ending = folder.parent / "folder-of-the-shell"
    command = ["bash", "-euo", "pipefail", "-c", f"{script}\npwd > {ending}"]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout, Path(ending.read_text().strip())


def missing(shown: str, printed: str) -> list[str]:
    """The lines that were not printed, in whatever order and between whatever; `...` stands for anything."""
    squeezed = " ".join(printed.split())
    patterns = {line: re.escape(" ".join(line.split())).replace(re.escape("..."), ".*") for line in shown.splitlines()}
    return [line for line, pattern in patterns.items() if not re.search(pattern, squeezed)]


def write(block: Block, folder: Path) -> None:
    """Write a file, add to one, or put a cell into a notebook, as the title says."""
    if cell := CELL.fullmatch(block.title):
        put_cell(folder / cell[1], cell[2], cell[3], int(cell[4] or 0), block.text.rstrip("\n"))
    elif block.title.endswith(END):
        path = folder / block.title.removesuffix(END)
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{block.text}", encoding="utf-8")
    else:
        path = folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")


def put_cell(path: Path, kind: str, name: str, points: int, source: str) -> None:
    """What a person does in Jupyter: a cell of this kind and name, at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(path, as_version=4) if path.exists() else nbformat.v4.new_notebook()
    marks = {
        "grade_id": name,
        "schema_version": 3,
        "task": False,
        "grade": kind == "test",
        "locked": kind != "solution",
    }
    marks |= {"solution": kind == "solution"} | ({"points": points} if kind == "test" else {})
    cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": marks})
    cell.id = name.replace("_", "-")
    notebook.cells.append(cell)
    nbformat.write(notebook, path)


def own_environment(programs: Path) -> dict[str, str]:
    """That of a person who has activated an environment: nothing else of ours is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COURSE_", "VIRTUAL"))}
    return kept | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
