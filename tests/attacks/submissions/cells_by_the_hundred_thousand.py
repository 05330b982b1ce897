"""Tries: have the grader run, show and store 100,000 cells.

Must hold: they are refused by their number.
"""

import json
from pathlib import Path

TOLD = "more than 1000 cells"


def build(notebook: dict, folder: Path) -> None:
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    (folder / "hw2.ipynb").write_text(json.dumps({**notebook, "cells": [cell] * 100_000}))
