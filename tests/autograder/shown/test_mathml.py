"""Formulas become MathML of symbols when a page is written, or stay the text that they are."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from autograder.config import Course
from autograder.shown.mathml import to_mathml
from autograder.shown.page_text import latex_output, markdown, plain, printed, reason

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)


def test_every_formula_of_the_homework_is_typeset(released_course: Course) -> None:
    cells = nbformat.read(released_course.release_notebook("hw2"), as_version=4).cells
    formulas = [one or other for cell in cells for one, other in FORMULA.findall(cell.source)]
    assert len(formulas) > 50
    assert [formula for formula in formulas if to_mathml(formula) is None] == []


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:x}{x}",
        r"\style{color:red}{x}",
        r"\hspace{-9em}x",
        r"\color{red}{x}",
        r"\newcommand{\x}{y}\x",
        r"\def\x{y}",
        r"\frac{",
        "x^{" * 40,
        "x" * 5000,
        "",
    ],
)
def test_what_is_more_than_symbols_or_no_formula_is_not_typeset(formula: str) -> None:
    assert to_mathml(formula) is None
    assert "<math" not in markdown(f"${formula}$")


@pytest.mark.parametrize("text", ["<b>x</b>", "&lt;script&gt;", '" onclick="x', "<img src=x onerror=y>"])
def test_text_in_a_formula_is_text(text: str) -> None:
    made = to_mathml(rf"\text{{{text}}}") or to_mathml("x < y")
    assert made is not None
    document = BeautifulSoup(made, "html.parser")
    assert {tag.name for tag in document.find_all(True)} <= {"math", "mrow", "mtext", "mi", "mo"}
    assert {name for tag in document.find_all(True) for name in tag.attrs} == {"display"}


@given(st.text(alphabet=r"\{}^_&<>$x1 ab", max_size=40))
def test_any_text_gives_symbols_with_harmless_attributes_or_nothing(formula: str) -> None:
    made = to_mathml(formula)
    for tag in BeautifulSoup(made or "", "html.parser").find_all(True):
        assert tag.name.startswith("m")
        assert all(re.fullmatch(r"[a-z0-9. -]{0,40}", str(value)) for value in tag.attrs.values())


def test_brackets_of_all_sizes_and_tables_are_drawn() -> None:
    for formula, drawn in {
        r"\bigl\langle x \bigr\rangle": "⟨x⟩",
        r"\big\|x\big\|": "‖x‖",
        r"\bigl\{x\bigr.": "{x",
    }.items():
        assert BeautifulSoup(to_mathml(formula) or "", "html.parser").get_text() == drawn
    assert (to_mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}") or "").count("<mtr>") == 2


def test_a_formula_in_an_alt_text_stays_inside_of_it() -> None:
    page = markdown(r'![see $x < "y"$](attachment:p.png)', {"p.png": {"image/png": "aGFsbG8="}})
    (image,) = BeautifulSoup(page, "html.parser").find_all("img")
    assert image["alt"] == 'see $x < "y"$' and set(image.attrs) == {"src", "alt"}


def test_headings_of_others_are_bold_lines_of_the_page() -> None:
    page = markdown("# One\n\n<h2>Two</h2>\n\ntext")
    document = BeautifulSoup(page, "html.parser")
    assert not document.find(re.compile("h[1-6]")) and [tag.get_text() for tag in document.find_all("strong")] == [
        "One",
        "Two",
    ]


def test_a_reason_shows_code_and_nothing_else_of_what_it_quotes() -> None:
    assert reason("`a <b>` is **not** $x$ <i>") == "<code>a &lt;b&gt;</code> is **not** $x$ &lt;i&gt;"


def test_printed_text_has_no_colours_and_the_last_state_of_a_progress_bar() -> None:
    assert printed("\x1b[31mred\x1b[0m\r\n 10%\r 50%\r100%\n<b>") == "<pre>red\n100%\n&lt;b&gt;</pre>"
    assert "left out" in printed("x" * 30_000)


def test_a_formula_that_a_cell_shows_is_typeset_and_read_as_one_line() -> None:
    assert plain(latex_output(r"$$\displaystyle x \to 1$$")) == "x→1"
    assert latex_output(r"$\href{x}{y}$").startswith("<pre>")
