"""Reads the attacks beside this file, and hands one in as a submission.

An attack is a Python file with a docstring (what it tries, what must hold) and constants that the harness reads. Those
in `cells/` are the text of one notebook cell; those in `submissions/` have a function `build` that writes the folder
that is handed in.

SAYS, ENDS, TOLD: patterns of what the cell prints, why the notebook was stopped, and what the student is told.
MISTAKE: pattern of the mistakes under which checks fail; CANNOT_JUDGE: the check that a person has to look at.
ABSENT: pattern that must not be in the graded notebook. POINTS: what was earned, 0 without it. LIMITS: smaller limits.
RIGHT: answers that are right. PLACE: the answer whose place the cell takes. AFTER: the cell is the last one. CELL: the
cell of a submission. ALONE: the cell does not share its notebook with others. WARM: it is about forks of a template.
"""

import ast
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.attempt import fill_in
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.intake import grade_id

HERE = Path(__file__).parent
IMPORTS = "import torch\nimport torch.nn.functional as F\nfrom course_utils import check"


@dataclass(frozen=True)
class Attack:
    """One file of an attack."""

    path: Path
    text: str
    constants: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def shares_its_notebook(self) -> bool:
        return self.path.parent.name == "cells" and set(self.constants) - {"WARM"} == {"SAYS"}

    @property
    def is_about_templates(self) -> bool:
        return "WARM" in self.constants

    def fill(self, values: dict[str, str]) -> str:
        """The cell, with what the best informed attacker would know of this machine."""
        text = self.constants.get("CELL", "") if self.path.parent.name == "submissions" else self.text
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    def build(self, notebook: dict[str, Any], folder: Path) -> None:
        spec = importlib.util.spec_from_file_location(f"attack_{self.name}", self.path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build(notebook, folder)


def read_attacks() -> list[Attack]:
    attacks = []
    for path in sorted(HERE.glob("*/*.py")):
        text = path.read_text(encoding="utf-8")
        constants = {}
        for line in ast.parse(text).body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and line.targets[0].id.isupper():
                name = line.targets[0].id
                if name not in ("PLANTED",):
                    constants[name] = ast.literal_eval(_constant(line.value))
        attacks.append(Attack(path, text, constants))
    return attacks


def _constant(node: ast.expr) -> ast.expr:
    """The expression with its arithmetic done, such as `4 * 2**20`."""
    if isinstance(node, ast.Dict):
        return ast.Dict(node.keys, [_constant(value) for value in node.values])
    if isinstance(node, ast.BinOp):
        return ast.Constant(eval(compile(ast.Expression(node), "constant", "eval"), {}))  # of our own file
    return node


def hand_in(attacks: list[Attack], release: nbformat.NotebookNode, folder: Path, values: dict[str, str]) -> None:
    """Write the submission of some attacks into `folder`; several share a notebook as cells of it."""
    constants = attacks[0].constants
    answers = {name: THREE_OPTIMIZERS[name] for name in constants.get("RIGHT", [])}
    if "PLACE" in constants:
        answers[constants["PLACE"]] = attacks[0].fill(values)
    notebook = fill_in(release, answers)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
    own = [nbformat.v4.new_code_cell(text) for attack in attacks if (text := attack.fill(values))]
    if "AFTER" in constants:
        notebook.cells += own
    elif "PLACE" not in constants:
        notebook.cells[:0] = own
    if any(re.search("course_utils|coursekit|PLACE|RIGHT|COURSE", attack.text) for attack in attacks):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(IMPORTS))
    folder.mkdir(parents=True)
    (folder / "netid").write_text("abc1\n")
    (folder / "hw2.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    if attacks[0].path.parent.name == "submissions":
        plain = json.loads((folder / "hw2.ipynb").read_text())
        for name in ("netid", "hw2.ipynb"):
            (folder / name).unlink()
        attacks[0].build(plain, folder)
        if not (folder / "hw2.ipynb").is_symlink() and not (folder / "hw2.ipynb").exists():
            (folder / "hw2.ipynb").write_text(json.dumps(plain))
