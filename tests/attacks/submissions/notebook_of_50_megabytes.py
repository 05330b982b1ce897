"""Tries: have the grader parse a notebook of 50 MB.

Must hold: it is refused by its size, before it is read as JSON.
"""

from pathlib import Path

TOLD = "hw2.ipynb was left out: it is larger than 32 MiB"


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_bytes(b'{"cells": ["' + b"x" * 50_000_000 + b'"]}')
