"""Tries: rewrite the test cells, raise their points, take their marks away, and claim to be of another nbgrader.

Must hold: the locked cells and all marks come from the release; the points are the release's.
"""

import json
from pathlib import Path

TOLD = "not to be changed, and put back as handed out .*check_losses"


def build(notebook: dict, folder: Path) -> None:
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            cell["source"] = "7"
            marks |= {"points": 1000, "schema_version": 99, "solution": True, "locked": False, "cell_type": "raw"}
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}, "execution_count": 1}
            ]
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
