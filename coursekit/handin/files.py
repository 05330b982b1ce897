"""Verifies the files of a submission: the same function for the student before, and the collector after, handing in.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. It
takes no points and changes nothing; it makes remarks.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coursekit.handin.handed_out import UNKNOWN, HandedOut
from coursekit.handin.names import look_for
from coursekit.handin.netid import NetidFile, parse_netid
from coursekit.handin.notebook import NotebookContent, read_notebook
from coursekit.handin.pdf import PdfCheck, compare_pdf, read_pdf

MAX_NAMED = 5  # cells in one remark


@dataclass(frozen=True)
class FilesCheck:
    """What was found in the files of a submission.

    Attributes:
        present, missing: the required files that are there and that are not.
        netid: what the file `netid` says, or None where it is missing.
        pdf: how the PDF compares with the notebook, or None where one of the two is missing.
        remarks: everything that a person should look at, one sentence each; empty where all is well.
        cut_short: the one of them that says that the notebook shows a shortened training, or "".
    """

    present: tuple[str, ...]
    missing: tuple[str, ...]
    netid: NetidFile | None
    pdf: PdfCheck | None
    remarks: tuple[str, ...]
    cut_short: str = ""


def check_files(
    files: Mapping[str, bytes],
    required: Sequence[str],
    group_size: int = 2,
    names: Iterable[str] = (),
    handed_out: HandedOut = UNKNOWN,
) -> FilesCheck:
    """Check that the required files are there, can be read and belong together.

    Args:
        files: contents by file name; names that are not in `required` are only used to explain a missing one.
        required: which files there must be: `netid`, one notebook (.ipynb) and one PDF (.pdf), or some of them.
        group_size: how many people a group may have.
        names: names, ids and e-mail addresses that must not be in the notebook or the PDF, since grading is
            anonymous; the ids in `netid` are searched for as well.
        handed_out: what the notebook was before anybody worked on it, as far as it is known.
    """
    remarks: list[str] = []
    present = tuple(name for name in required if name in files)
    missing = tuple(name for name in required if name not in files)
    for name in missing:
        alike = look_for(name, (other for other in files if other not in required), loose=True)
        remarks.append(f"{name} is missing" + (f" (there is “{alike[0]}”: rename it)." if alike else "."))
    netid = parse_netid(files["netid"], group_size) if "netid" in present else None
    if netid:
        remarks += netid.remarks
    texts: dict[str, str] = {}
    cut_short = ""
    notebook = next((name for name in present if name.endswith(".ipynb")), None)
    if notebook:
        try:
            content = read_notebook(files[notebook], handed_out)
        except ValueError as error:
            remarks.append(f"{notebook} cannot be read: {error}.")
            notebook = None
        else:
            texts[notebook] = content.text
            cut_short = _cut_short(notebook, content)
            remarks += [*_notebook_remarks(notebook, content), *filter(None, [cut_short])]
    pdf, check = next((name for name in present if name.endswith(".pdf")), None), None
    if pdf:
        try:
            texts[pdf] = read_pdf(files[pdf])
        except ValueError as error:
            check = PdfCheck(None, (), (f"The PDF cannot be read: {error}.",))
        else:
            check = compare_pdf(texts[pdf], files[notebook]) if notebook else None
        remarks += check.remarks if check else ()
    remarks += mentions(texts, (*(netid.ids if netid else ()), *names))
    return FilesCheck(present, missing, netid, check, tuple(remarks), cut_short)


def mentions(texts: Mapping[str, str], needles: Iterable[str]) -> tuple[str, ...]:
    """A remark for each text, by file name, and each of `needles` (names, ids, e-mail addresses) that stands in it.

    Only whole words count, in any case and with or without accents; a name may be broken over two lines. Needles of
    fewer than three characters are passed over, since they are found everywhere.
    """
    wanted = {
        needle: re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, _plain(needle).split())) + r"(?!\w)")
        for needle in dict.fromkeys(needles)
        if len(needle.strip()) >= 3
    }
    remarks = []
    for name, text in texts.items():
        plain = _plain(text)
        remarks += [
            f"{name} mentions “{needle}”, but grading is anonymous."
            for needle, pattern in wanted.items()
            if pattern.search(plain)
        ]
    return tuple(remarks)


def _notebook_remarks(name: str, content: NotebookContent) -> list[str]:
    remarks = []
    if content.unrun:
        remarks.append(f"{name} has {_count(content.unrun, 'code cell')} that never ran: run all cells and save.")
    if content.errors:
        remarks.append(f"{name} has {_count(content.errors, 'cell')} that ended with an error.")
    if content.unanswered:
        remarks.append(f"{name} has {_count(content.unanswered, 'written answer')} still empty.")
    if content.changed:
        named, more = ", ".join(content.changed[:MAX_NAMED]), len(content.changed) - MAX_NAMED
        rest = f" and {more} more" if more > 0 else ""
        remarks.append(f"{name} has given code that was changed, and is graded as it was handed out: {named}{rest}.")
    if content.as_handed_out:
        remarks.append(f"All that {name} shows is as it was handed out: run all cells and save.")
    return remarks


def _cut_short(name: str, content: NotebookContent) -> str:
    if not content.short_runs:
        return ""
    first, more = content.short_runs[0].in_words, len(content.short_runs) - 1
    rest = f", and {more} more" if more else ""
    return f"{name} shows a training that was cut short ({first}{rest}), not the whole one."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
