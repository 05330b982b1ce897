"""Keeps what a student's cell shows inside of that cell, in the formgrader.

Stands between verdict and report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
What is shown was cleaned before (`autograder.shown.clean`); this is for what is harmless and too large: a line of a
million characters, a wide table, a formula of a hundred fractions.
"""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.mark_scheme import without_delimiters

STYLES = Path(__file__).parent / "templates"


class KeepInside(NbGraderPreprocessor):
    """For exporters to HTML; nbconvert's `CSSHTMLHeaderPreprocessor` then puts our style sheet into the page."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        resources["config_dir"] = str(STYLES)
        for cell in nb.cells:  # in the formgrader, marking schemes stand above the answers
            if cell.cell_type == "markdown":
                cell.source = without_delimiters(cell.source)
        return nb, resources
