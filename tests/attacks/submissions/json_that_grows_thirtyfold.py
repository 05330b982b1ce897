"""Tries: have the grader parse 100 MB of JSON that take 3 GB once they are parsed.

Must hold: a process of its own parses it, and ends at its limit; the notebook counts as one that cannot be read.
"""

from pathlib import Path

TOLD = "1 GiB of memory to read"


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_bytes(b'{"cells": [' + b"[]," * 33_000_000 + b"0]}")
