"""Tries: delete test cells, double, swap and re-type others, give ids and marks that are of no known type.

Must hold: each cell of the release is there once, in its order, with its own points.
"""

import json
from pathlib import Path

TOLD = "missing, and put back as handed out"


def build(notebook: dict, folder: Path) -> None:
    cells = notebook["cells"]
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    cells.remove(graded[0])
    cells += [dict(cell) for cell in graded] * 3
    graded[1]["metadata"]["nbgrader"]["grade_id"] = "check_convergence"
    graded[2]["cell_type"] = "markdown"
    graded[3]["metadata"]["nbgrader"] = ["not", "a", "mark"]
    for cell, odd in zip(cells[:6], ({"points": "abc"}, {"grade": None}, {"grade_id": 7}, {"locked": []}, {}, {}), strict=True):
        cell["metadata"]["nbgrader"] = odd
        cell["id"] = "same"
    cells += [None, 7, {"cell_type": "code"}, {"cell_type": "evil", "source": {"a": 1}, "metadata": None}]
    cells.reverse()
    notebook["nbformat"] = 4
    notebook["metadata"] = {"kernelspec": {"name": "bash", "language": "bash", "argv": ["sh"]}, "nbgrader": 5}
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
