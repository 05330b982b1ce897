import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.shown.clean import clean_html, clean_outputs, markdown_to_html
from autograder.shown.visible import as_markdown, visible

PICTURE = '<img src="data:image/png;base64,aGFsbG8=">'


def render(markdown: str, **cell: object) -> str:
    environment = Environment()
    environment.filters["markdown2html"] = markdown_to_html
    return environment.from_string("{{ source | markdown2html }}").render(source=markdown, cell=cell)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://example.org"></iframe>',
        '<img src="https://example.org/pixel.png">',
        "<style>body { display: none }</style>",
        '<div style="background: url(https://example.org)">x</div>',
        '<svg onload="alert(1)"></svg>',
        '<form action="https://example.org"><input name="x"></form>',
    ],
)
def test_nothing_that_runs_or_loads_comes_through(evil: str) -> None:
    for page in (clean_html(evil), render(evil)):
        for word in ("script", "onerror", "onload", "iframe", "style", "example.org", "form", "svg"):
            assert word not in page


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\mmlToken{mi}[href='javascript:alert(1)']{x}",
        r"\let\a=\href \a{javascript:alert(1)}{x}",
        r"\hspace{-9em}x",
        r"\\[-9em]",
        r"\\ * [9em]",
        r"\begin{href}x\end{href}",
        r"\begin {CD} x",
        r"\!\! \!\!x",
        r"\tag{x}\label{y}",
        r"\Rule{9em}{9em}{9em}",
        "x^{" * 40,
    ],
)
def test_a_formula_that_does_more_than_draw_symbols_is_shown_as_its_text(formula: str) -> None:
    """Cut in pieces by elements: no text node of the page holds a command that MathJax would follow."""
    output = new_output("display_data", {"text/latex": f"${formula}$"})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    clean_outputs(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/plain": f"${formula}$"}
    entities = formula.replace("\\", "&#92;")
    for page in (clean_html(f"<p>${formula}$"), clean_html(f"<p>${entities}$"), render(f"${formula}$")):
        document = BeautifulSoup(page, "html.parser")
        assert document.get_text().strip() == f"${formula}$"
        assert any(text in ("\\", "$", "\\\\") or text.startswith("\\!") for text in document.find_all(string=True))
        assert not re.search(r"\\(href|style|mmlToken|let|hspace|tag|label|Rule|\\\s*\*?\s*\[)|\^(\{x\^){30}\$", page)


PIECES = [
    "\\",
    "{",
    "}",
    "[",
    "]",
    "*",
    " ",
    "$",
    "a",
    "<wbr>",
    "<b>",
    "</b>",
    "&#92;",
    "<!--x-->",
    "href",
    "text",
    "tip",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_way_of_writing_makes_a_command_that_is_not_known(text: str) -> None:
    for node in BeautifulSoup(clean_html(text), "html.parser").find_all(string=True):
        for command in re.findall(r"(?<!\\)(?:\\\\)*\\([A-Za-z]+)", node):
            assert command == "text"


def test_text_with_backslashes_and_dollars_stays_as_it_is() -> None:
    for text in (r"C:\Users\me costs $5 and $6", r"re.sub('\d+')", r"\o/ \href"):
        assert BeautifulSoup(clean_html(text), "html.parser").get_text() == text
    assert clean_html(r"<code>\href</code><pre>\style</pre>") == r"<code>\href</code><pre>\style</pre>"


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{1}{n} \sum_{i=1}^n \log D(x_i)",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\mathbb{E}_{z \sim \mathcal{N}(0, I)} \left[ \log(1 - D(G(z))) \right]",
        r"\lVert x - G(E(x)) \rVert_2^2 \quad \text{for all } x \in \{0, 1\}",
        r"\min_G \max_D V \, \hat{x} \to \infty \%",
    ],
)
def test_formulas_of_symbols_are_typeset(formula: str) -> None:
    page = render(f"${formula}$")
    assert "<span>" not in page
    assert BeautifulSoup(page, "html.parser").get_text().strip() == f"${formula}$"


@pytest.mark.parametrize("tag", ["a", "div", "table", "p", "span", "img", "code", "h1", "li", "td"])
def test_no_class_id_style_or_relative_link_comes_through(tag: str) -> None:
    """By hypothesis or not, only these attributes are left of anything."""
    values = "class='modal in' id=toc style='color:red' name=top title=x target=_top href=/formgrader src=/x data-x=1"
    page = clean_html(f"<table><{tag} {values} aria-hidden=true onclick=x contenteditable autofocus>x</{tag}></table>")
    assert {name for tag in BeautifulSoup(page, "html.parser").find_all(True) for name in tag.attrs} <= {"rel"}


@pytest.mark.parametrize("link", ["https://example.org/a?b=c#d", "mailto:a@example.org"])
def test_links_to_the_web_and_to_mailboxes_stay_and_tell_nobody_where_they_were(link: str) -> None:
    assert clean_html(f'<a href="{link}">x</a>') == f'<a href="{link}" rel="noopener noreferrer nofollow">x</a>'


LINKS = ["/x", "x", "?x", "#x", "//x", "http://x", "ftp://x", "https:x", "https:/x", "javascript:x", "java&#9;script:x"]


@pytest.mark.parametrize(
    "link", [*LINKS, "data:text/html,x", "vbscript:x", "blob:x", "\\\\x", "&#1;javascript:x", "files/x"]
)
def test_other_links_become_text(link: str) -> None:
    for page in (clean_html(f'<a href="{link}">x</a>'), render(f"[x]({link})"), render(f"[x][y]\n\n[y]: {link}")):
        assert "href" not in page


def test_a_picture_that_is_missing_and_text_that_is_too_much_are_shown_as_text() -> None:
    assert "[seen: missing]" in render("![seen](attachment:none.png) and more")
    assert render("<b>" * 20_000).startswith("<pre>&lt;b&gt;")
    assert render(">" * 30_000)
    assert "&lt;b&gt;" in render("\\begin{a}" * 3_000 + "<b>")


def test_printed_text_keeps_its_colours_and_no_other_escape_sequence() -> None:
    evil = "\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07\x9b2J \u202edne\u2066 \b tab\tand\r\n"
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[new_output("stream", text=evil)])])
    clean_outputs(notebook)
    kept = notebook.cells[0].outputs[0].text
    assert kept.startswith("\x1b[31mred\x1b[0m ") and kept.endswith(" tab\tand\r\n")
    assert not re.search("\x1b(?!\\[[0-9;]*m)|[\x07\x08\x9b\u202e\u2066]", kept)


@given(st.text())
def test_text_of_a_stranger_in_our_own_markdown_is_shown_as_it_is(text: str) -> None:
    shown = BeautifulSoup(render(f"- {as_markdown(text)}\n- next"), "html.parser")
    assert [tag.name for tag in shown.find_all(True) if tag.name not in ("ul", "li", "span", "p")] == []
    assert [" ".join(item.get_text().split()) for item in shown.find_all("li")] == [
        " ".join(visible(text).split()),
        "next",
    ]


@pytest.mark.parametrize(
    "text",
    ["[a](https://x)", "https://x.org", "<b>", "1. a", "- a", "# a", "$x$", "**a**", "_a_", "`a`", "&lt;", "\\(x"],
)
def test_markup_in_a_remark_is_text(text: str) -> None:
    shown = BeautifulSoup(render(f"- {as_markdown(text)}"), "html.parser")
    assert shown.get_text().strip() == text
    assert {tag.name for tag in shown.find_all(True)} <= {"ul", "li", "span"}


def test_tables_formulas_and_pictures_come_through() -> None:
    assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")
    assert "$x &lt; y_1$" in render("where $x < y_1$ holds")
    assert 'src="data:image/png;base64,aGFsbG8="' in clean_html(PICTURE)
    attached = {"p.png": {"image/png": "aGFsbG8="}}
    assert 'src="data:image/png;base64,aGFsbG8="' in render("![p](attachment:p.png)", attachments=attached)


def test_outputs_keep_text_and_pictures_and_become_valid() -> None:
    cell = new_code_cell("x")
    cell.outputs = [
        new_output("stream", text="loss 0.1"),
        new_output("display_data", {"image/png": "aGFsbG8=", "application/javascript": "alert(1)"}),
        new_output("display_data", {"image/png": '"><script>', "text/html": "<b>x</b><script>y</script>"}),
        new_output("display_data", {"image/svg+xml": "<svg/>"}),
        {
            "output_type": "display_data",
            "data": {"text/plain": ["a", "b"]},
            "metadata": {"width": '"><script>'},
        },
        {"output_type": "execute_result", "data": {"text/plain": 7}, "metadata": {}, "execution_count": "x"},
        {"output_type": "error", "ename": None, "evalue": "\ud800", "traceback": None},
        {"output_type": "surprise"},
    ]
    notebook = new_notebook()
    notebook.cells = [cell]
    clean_outputs(notebook)
    nbformat.validate(notebook)
    assert "script" not in nbformat.writes(notebook)
    kinds = [output.output_type for output in cell.outputs]
    assert kinds == ["stream", "display_data", "display_data", "display_data", "execute_result", "error"]
    assert cell.outputs[1].data == {"image/png": "aGFsbG8="}
    assert cell.outputs[3].data == {"text/plain": "ab"}
