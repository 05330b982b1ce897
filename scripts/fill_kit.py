"""Fills a solution into the notebook of a student kit, for a run of the kit on other systems.

    python scripts/fill_kit.py ASSIGNMENT SOLUTION.py KIT

Beside the flow course material -> submission -> trace -> verdict -> gradebook -> report. Answers stay unwritten.
"""

import sys
from pathlib import Path

import nbformat

from autograder.attempt import fill_in
from autograder.config import load_course
from autograder.intake import grade_id, is_code_answer


def main(assignment: str, solution: str, kit: str) -> None:
    path = Path(kit) / load_course(Path()).assignment(assignment).notebook
    notebook = nbformat.read(path, as_version=4)
    first, *others = [str(grade_id(cell)) for cell in notebook.cells if is_code_answer(cell)]
    answers = dict.fromkeys(others, "# The whole solution is in the first solution cell.")
    filled = fill_in(notebook, answers | {first: Path(solution).read_text(encoding="utf-8")})
    path.write_text(nbformat.writes(filled) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
