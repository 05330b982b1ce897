import nbformat
import pytest
from jinja2 import Environment
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.report.clean import clean_html, clean_outputs, markdown_to_html

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
def test_nothing_that_runs_or_loads_comes_through(evil):
    for page in (clean_html(evil), render(evil)):
        for word in ("script", "onerror", "onload", "iframe", "style", "example.org", "form", "svg"):
            assert word not in page


@pytest.mark.parametrize(
    "command", ["href{javascript:alert(1)}{x}", "style{background:url(//example.org)}x", "require{x}"]
)
def test_formulas_make_no_links_and_load_nothing(command):
    output = new_output("display_data", {"text/latex": f"$\\{command}$"})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    clean_outputs(notebook)
    for page in (clean_html(f"$&#92;{command}$"), render(f"$\\{command}$"), nbformat.writes(notebook)):
        assert f"\\{command[:4]}" not in page and f"backslash {command[:4]}" in page


def test_tables_formulas_and_pictures_come_through():
    assert "$\\stylish$" in render("$\\stylish$")
    assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")
    assert "$x &lt; y_1$" in render("where $x < y_1$ holds")
    assert 'src="data:image/png;base64,aGFsbG8="' in clean_html(PICTURE)
    attached = {"p.png": {"image/png": "aGFsbG8="}}
    assert 'src="data:image/png;base64,aGFsbG8="' in render("![p](attachment:p.png)", attachments=attached)


def test_outputs_keep_text_and_pictures_and_become_valid():
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
