"""Finds work that stands beside the notebook: in documents and pictures, in other notebooks, in files of code.

Whoever wrote no answer into the notebook, or not a function that it asks for, may have handed it in so. Nothing of
these files is graded: they say where a person should look, so that what is not in the notebook is no final zero.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nbformat import NotebookNode

from autograder.intake.cells import Cell, read_cells
from autograder.intake.code import MAX_PARSED, mentions, read_code, read_stubs
from autograder.intake.marks import is_code_answer
from autograder.intake.match import normalized
from autograder.intake.order import MAX_ANALYSED
from autograder.intake.remarks import listed
from autograder.shown.printable import printable
from coursekit.notebook_file import decode

INSTRUMENT = "coursekit"  # is in every kit
NO_DOCUMENTS = ("readme", "requirements", "license", "netid")  # of the kit, and the names
NOT_READ = "it was not looked at"  # said of a file that was left out
MAX_TEXT = 2**20  # bytes of a file that may hold code
_WRITTEN = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".tex", ".txt", ".md", ".html", ".pages", ".rst", ".epub")
_DRAWN = (".ppt", ".pptx", ".odp", ".key", ".xopp", ".one")
_PHOTOGRAPHED = (".jpg", ".jpeg", ".heic", ".heif", ".webp", ".tif", ".tiff")
_PACKED = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz")
_DOCUMENTS = (*_WRITTEN, *_DRAWN, *_PHOTOGRAPHED, *_PACKED)
_CODE_FILES = (".py", ".txt", ".md")
_NOTEBOOK = ".ipynb"
_NAMED = re.compile("|".join(rf"{re.escape(end)}\b" for end in _DOCUMENTS), re.IGNORECASE)


def answers_beside(files: Mapping[str, bytes], refused: Iterable[str], release: NotebookNode, written: bool) -> str:
    """Where the written answers may be, if none is in the notebook; "" if there is no such place.

    Args:
        files: what else was handed in, by name.
        refused: what was left out, one sentence each.
        release: the released notebook.
        written: whether any function that it asks for is in the notebook.
    """
    told = [printable(name) for name, content in files.items() if _may_hold_answers(name, content, release)]
    # A notebook that was never touched: everything else may be the work.
    if any(not written or NOT_READ in sentence or _NAMED.search(sentence) for sentence in refused):
        told.append("what was left out")
    return listed(told)


def code_beside(files: Mapping[str, bytes], given: Sequence[str], release: NotebookNode) -> dict[str, str]:
    """The text of other files that may hold code, but for those of the kit, by what a person calls them.

    Of another notebook it is the cells that define more than the stubs of the release. What is packed is not opened:
    it may hold any of them, and is told so.
    """
    of_kit = {INSTRUMENT, *given}
    stubs = {name: text for c in release.cells if is_code_answer(c) for name, text in read_stubs(c.source).items()}
    found, room = {}, MAX_ANALYSED
    for name, content in files.items():
        if name.partition("/")[0] in of_kit:
            continue
        if name.endswith(_CODE_FILES):
            found[f"the file {printable(name)}"] = decode(content[:MAX_TEXT])
        elif name.lower().endswith(_PACKED):
            found[f"the packed file {printable(name)}"] = "\n".join(f"def {stub}" for stub in stubs)
        elif name.endswith(_NOTEBOOK):
            sources = [cell.source for cell in _cells(content) if cell.kind == "code"]
            kept = []
            for source in sources:
                if any(mentions(source, name) for name in stubs):
                    kept += [source] if _defines(source, stubs, room) else []
                    room -= min(room, len(source))
            found[f"the notebook {printable(name)}"] = "\n".join(kept)[:MAX_TEXT]
    return found


def _defines(source: str, stubs: Mapping[str, str], most: int) -> bool:
    code = read_code(source, stubs, min(most, MAX_PARSED))
    return not code.readable or bool(code.defines & stubs.keys())


def _may_hold_answers(name: str, content: bytes, release: NotebookNode) -> bool:
    plain = name.rpartition("/")[2].lower()
    if plain.endswith(_NOTEBOOK):
        handed_out = {normalized(cell.source) for cell in release.cells}
        return any(normalized(cell.source) not in handed_out for cell in _cells(content) if cell.kind != "code")
    return plain.endswith(_DOCUMENTS) and not plain.startswith(NO_DOCUMENTS)


def _cells(content: bytes) -> Iterator[Cell]:
    try:
        yield from read_cells(content)
    except ValueError:
        return
