"""Tries: names that lead out of a folder, break a terminal, a page or a line, and archives full of them (zip slip).

Must hold: archives are not unpacked; names are shown harmlessly; nothing is written outside.
"""

import zipfile
from pathlib import Path

SAYS = "^files: 8$"
CELL = "import os; print('files:', len([n for n in os.listdir() if n != 'notebook.ipynb']))"


def build(notebook: dict, folder: Path) -> None:
    with zipfile.ZipFile(folder / "kit.zip", "w") as archive:
        archive.writestr("../../../../../../tmp/planted", "x")
        archive.writestr("/CANARY_FOLDER/planted", "x")
    for name in ("..\\..\\x", "new\nline", "\x1b[31mred", "<script>alert(1)<script>.txt", "${HOME}", "-rf", "a;b|c`d`"):
        (folder / name).write_text("x")
