"""Tries: bytes of an archive under the name of the notebook.

Must hold: a graded submission of 0 with its reason.
"""

from pathlib import Path

TOLD = "a zip archive"


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 100)
