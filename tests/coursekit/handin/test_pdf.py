"""Whether a PDF shows a notebook, with PDFs as browsers print them and as nobody should make them."""

import io
from collections.abc import Callable
from typing import cast

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject

from coursekit.handin import check_pdf
from coursekit.handin.pdf import MAX_BYTES, MAX_PAGES

LOSSES = (  # as the homework of conftest.py prints them
    "Epoch:    1 AE Loss: 0.1375 Gen Loss: 4.5621 Dis Loss: 0.1602 Total: 4.8598\n"
    "Epoch:    2 AE Loss: 0.0975 Gen Loss: 3.9917 Dis Loss: 0.2612 Total: 4.3504\n"
)

MakeHomework = Callable[..., bytes]


def rewrite(pdf: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_pdf_of_the_notebook_shows_all_of_it(printed: bytes, make_homework: MakeHomework) -> None:
    found = check_pdf(printed, make_homework())
    assert (found.share, found.missing, found.remarks) == (1.0, (), ())


def test_formulas_in_the_pdf_are_typeset_and_not_tex(printed: bytes) -> None:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    fonts = [
        font.get_object()
        for page in PdfReader(io.BytesIO(printed)).pages
        for font in cast(DictionaryObject, cast(DictionaryObject, page["/Resources"])["/Font"]).values()
    ]
    names = {str(font["/FontDescriptor"].get_object()["/FontName"]) for font in fonts if "/FontDescriptor" in font}
    assert "frac" not in text
    assert "$" not in text
    assert any("STIXMathJax" in name for name in names), names


def test_numbers_of_another_run_are_missing(printed: bytes, make_homework: MakeHomework) -> None:
    other = make_homework(printed=LOSSES.replace("0.0975", "0.0976"))
    found = check_pdf(printed, other)
    assert found.missing == (LOSSES.splitlines()[1].replace("0.0975", "0.0976"),)
    assert found.share is not None
    assert 0.7 < found.share < 1


def test_pdf_of_another_notebook_is_told_with_an_example(printed: bytes, make_homework: MakeHomework) -> None:
    other = make_homework(
        answer="Generators collapse if nothing asks for variety. We saw it happen twice.",
        printed=LOSSES.replace("0.", "1."),
    )
    found = check_pdf(printed, other)
    assert found.share == 0
    assert "0 of the 4" in found.remarks[0]
    assert "1.1375" in found.remarks[0]


def image_only() -> bytes:
    target = io.BytesIO()
    PIL.Image.new("L", (60, 80), 200).save(target, "PDF")
    return target.getvalue()


def too_many_pages(writer: PdfWriter) -> None:
    for _ in range(MAX_PAGES):
        writer.add_blank_page(100, 100)


PAGE_TREE_IN_CIRCLES = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [2 0 R 2 0 R] /Count 999999999>> endobj
trailer <</Root 1 0 R>>
%%EOF"""

DEEP_ARRAY = (
    b"%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R /X "
    + b"[" * 50_000
    + b"]" * 50_000
    + b">> endobj\n2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda _: b"", "the file is empty", id="empty"),
        pytest.param(lambda _: b"<html>print me</html>", "not a PDF", id="html"),
        pytest.param(lambda pdf: pdf[: len(pdf) // 3], "cannot be", id="cut off"),
        pytest.param(
            lambda pdf: rewrite(pdf, lambda w: w.encrypt("secret", algorithm="RC4-128")), "password", id="locked"
        ),
        pytest.param(lambda _: image_only(), "images but no text", id="scan"),
        pytest.param(lambda pdf: rewrite(pdf, too_many_pages), "more than 300 pages", id="pages"),
        pytest.param(lambda _: b"%PDF-1.4" + b" " * MAX_BYTES, "MiB", id="size"),
        pytest.param(lambda _: PAGE_TREE_IN_CIRCLES, "", id="circle"),
        pytest.param(lambda _: DEEP_ARRAY, "", id="deep"),
    ],
)
def test_pdf_that_cannot_be_compared_is_a_remark(
    printed: bytes, make_homework: MakeHomework, make: Callable[[bytes], bytes], told: str
) -> None:
    found = check_pdf(make(printed), make_homework())
    assert found.share is None
    assert told in found.remarks[0]


def test_pdf_that_is_only_protected_against_changes_is_read(printed: bytes, make_homework: MakeHomework) -> None:
    locked = rewrite(printed, lambda w: w.encrypt("", "owner", algorithm="RC4-128"))
    assert check_pdf(locked, make_homework()).share == 1.0


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=20))
def test_no_damage_to_a_pdf_raises(
    printed: bytes, make_homework: MakeHomework, damage: list[tuple[int, bytes]]
) -> None:
    pdf = bytearray(printed)
    for place, content in damage:
        place %= len(pdf)
        pdf[place : place + len(content)] = content
    found = check_pdf(bytes(pdf), make_homework())
    assert found.share is not None or found.remarks


@pytest.mark.parametrize("notebook", [b"", b"[]", b"{}", b'{"cells": [1, {"source": 3}]}', b"[" * 100_000])
def test_notebook_that_cannot_be_read_is_a_remark(printed: bytes, notebook: bytes) -> None:
    found = check_pdf(printed, notebook)
    assert found.share is None
    assert len(found.remarks) == 1
