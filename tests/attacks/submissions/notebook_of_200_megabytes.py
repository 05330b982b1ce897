"""Tries: have the grader read a notebook of 200 MB.

Must hold: it is refused by its size, before any of it is read.
"""

import os
from pathlib import Path

TOLD = "it has more than 128 MiB"


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_bytes(b'{"cells": [')
    os.truncate(folder / "hw2.ipynb", 200 * 10**6)
