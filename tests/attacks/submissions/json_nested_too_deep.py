"""Tries: overflow the stack of the JSON reader.

Must hold: the notebook counts as damaged, and the run goes on.
"""

from pathlib import Path

TOLD = "is not valid JSON"


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_text('{"cells": ' + "[" * 5_000_000)
