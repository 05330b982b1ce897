"""The page behind the PDF: made for whoever marks it."""

import io
import re
from pathlib import Path

from nbformat.v4 import new_code_cell, new_output
from pypdf import PdfReader

from coursekit.handin.handed_out import digest
from coursekit.submit.page import make_html
from tests.coursekit.handin.conftest import TITLE, homework


def test_the_pdf_has_the_title_of_the_homework_boxed_answers_and_page_numbers(printed: bytes) -> None:
    reader = PdfReader(io.BytesIO(printed))
    assert reader.metadata is not None and reader.metadata.title == TITLE
    pages = [page.extract_text() for page in reader.pages]
    for number, text in enumerate(pages, 1):
        assert TITLE in text and re.search(rf"\b{number} / {len(pages)}\b", text)
    assert "Answer" in "".join(pages)


def test_given_code_is_left_out_unless_it_was_changed_and_what_it_shows_stays(tmp_path: Path) -> None:
    notebook = homework()
    shown, silent, changed = (
        new_code_cell(source, outputs=[new_output("stream", text=text)] if text else [])
        for source, text in (("show_it()\r\n", "it is shown"), ("silent = 1", ""), ("lr = 7", "seven"))
    )
    work = new_code_cell("def mine(): ...", metadata={"nbgrader": {"solution": True}})
    notebook.cells += [shown, silent, changed, work]
    given = [digest(source) for source in ("show_it()", "silent = 1", "lr = 1")]
    page = re.sub(r"<[^>]+>", "", make_html(notebook, tmp_path, TITLE, given))
    assert "show_it()" not in page and "it is shown" in page and "silent" not in page
    assert "lr = 7" in page and "seven" in page and "def mine()" in page
    assert notebook.cells[-3].source == "silent = 1"  # the notebook itself is as it was


def test_a_listing_of_the_kit_is_left_out_and_one_of_a_students_own_stays(tmp_path: Path) -> None:
    def listing(code: str) -> str:
        html = f'<div class="highlight"><pre>{code}</pre></div>'
        output = new_output("execute_result", data={"text/plain": code, "text/html": html})
        notebook = homework()
        notebook.cells.append(new_code_cell("Code(source)", outputs=[output]))
        return make_html(notebook, tmp_path, TITLE, [digest("Code(source)")])

    assert "def write_whole" not in listing("def write_whole(path: Path, content: bytes) -> None:")
    assert "def of_my_own" in listing("def of_my_own(x):")
