"""Says whether a PDF shows a notebook: are its written answers and its printed losses in the text of the pages?

Part of the last step before a submission in the flow course material -> submission -> trace -> verdict ->
gradebook -> report; students and the collector use it alike. The PDF is somebody else's file: its size, pages and
text are bounded, and the caller who does not trust it at all runs this in a process with a time limit.
"""

import io
import logging
import unicodedata
from dataclasses import dataclass
from itertools import islice

from pypdf import PdfReader

from coursekit.handin.notebook import read_notebook

MAX_BYTES = 64 * 2**20
MAX_PAGES = 300
MAX_TEXT = 2_000_000  # characters
ENOUGH = 0.9  # share below which a remark is made; hyphens, headers and fonts may cost a sentence or two
_WINDOW = 4  # words; a sentence that a page break cuts still has nearly all of its windows in the text

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # complaints about odd PDFs are ours to tell


@dataclass(frozen=True)
class PdfCheck:
    """How much of a notebook a PDF shows.

    Attributes:
        share: of the sentences of the answers and the loss lines, those found, 0 to 1; None where nothing can be said.
        missing: those not found, as they stand in the notebook.
        remarks: what is wrong with the PDF, one sentence each.
    """

    share: float | None
    missing: tuple[str, ...]
    remarks: tuple[str, ...]


def check_pdf(pdf: bytes, notebook: bytes) -> PdfCheck:
    """Search the text of `pdf` for the written answers and the printed losses of `notebook`.

    Spaces, line breaks, hyphens, ligatures, accents and capitals do not matter; mathematics is left out.
    """
    try:
        text = read_pdf(pdf)
    except ValueError as error:
        return PdfCheck(None, (), (f"The PDF cannot be read: {error}.",))
    return compare_pdf(text, notebook)


def compare_pdf(text: str, notebook: bytes) -> PdfCheck:
    """As `check_pdf`, with the text of the PDF that `read_pdf` gives."""
    try:
        content = read_notebook(notebook)
    except ValueError as error:
        return PdfCheck(None, (), (f"The PDF cannot be compared with the notebook: {error}.",))
    squeezed = squeeze(text)
    if len(squeezed) < 50:
        return PdfCheck(None, (), ("The PDF holds images but no text, so it cannot be compared with the notebook.",))
    pieces = dict.fromkeys((*content.losses, *content.answers))
    if not pieces:
        return PdfCheck(None, (), ("The notebook has no written answer and no printed loss to find in the PDF.",))
    losses = set(content.losses)
    missing = tuple(piece for piece in pieces if not _is_in(piece, squeezed, whole=piece in losses))
    share = 1 - len(missing) / len(pieces)
    remarks: tuple[str, ...] = ()
    if share < ENOUGH:
        cut = missing[0] if len(missing[0]) <= 80 else missing[0][:77] + "..."
        remarks = (
            f"The PDF shows {len(pieces) - len(missing)} of the {len(pieces)} sentences and loss lines of this "
            f"notebook ({share:.0%}); missing is for example “{cut}”.",
        )
    return PdfCheck(share, missing, remarks)


def read_pdf(pdf: bytes) -> str:
    """The text of all pages.

    Raises:
        ValueError: it is too large, broken, encrypted or without pages; the message says which, without a full stop.
    """
    if len(pdf) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 2**20} MiB")
    if b"%PDF-" not in pdf[:1024]:
        raise ValueError("the file is empty" if not pdf.strip() else "it is not a PDF file")
    try:
        reader = PdfReader(io.BytesIO(pdf))
        locked = reader.is_encrypted and not reader.decrypt("")
    except Exception:  # pypdf raises many kinds for broken files, RecursionError among them
        raise ValueError("it is broken or cut off, or protected in a way that cannot be opened") from None
    if locked:
        raise ValueError("it is protected by a password")
    texts: list[str] = []
    pages = unread = 0
    try:
        for page in islice(reader.pages, MAX_PAGES + 1):
            pages += 1
            try:
                texts.append(page.extract_text())
            except Exception:
                unread += 1
            if sum(map(len, texts)) > MAX_TEXT:
                raise ValueError(f"it has more than {MAX_TEXT} characters")
    except ValueError:
        raise
    except Exception:
        raise ValueError("its pages cannot be opened") from None
    if pages > MAX_PAGES:
        raise ValueError(f"it has more than {MAX_PAGES} pages")
    if unread == pages:
        raise ValueError("it has no pages" if not pages else "its pages are broken")
    return "\n".join(texts)


def squeeze(text: str) -> str:
    """Only the letters and digits of `text`, without accents, ligatures and capitals."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())


def _is_in(piece: str, squeezed: str, whole: bool) -> bool:
    if squeeze(piece) in squeezed:
        return True
    words = [word for word in map(squeeze, piece.split()) if word]
    windows = ["".join(words[i : i + _WINDOW]) for i in range(len(words) - _WINDOW + 1)]
    if whole or len(windows) < 2 * _WINDOW:
        return False
    return sum(window in squeezed for window in windows) >= len(windows) - _WINDOW + 1
