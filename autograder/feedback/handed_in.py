"""The outputs with which a notebook was handed in, by its cells.

What grading runs is short and serves the checks. What a student shows and discusses is their own run, so that is what a
page shows: cleaned, and as it was handed in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from autograder.distil import MAX_CELL_OUTPUTS
from autograder.feedback.records import Figure, Output
from autograder.intake.cells import read_cells
from autograder.intake.match import match
from autograder.notebook_output import PICTURES
from autograder.shown import page_text
from autograder.shown.clean import cleaned
from coursekit.notebook_file import load_cells

_NO_NEWS = ("<Figure size", "<IPython.core.display", "<matplotlib.")  # how texts begin that stand for a picture


def read_outputs(notebook: bytes, release: NotebookNode) -> Mapping[str, list[Any]]:
    """The cleaned outputs of each code cell that has any: by its name in the release, or by `student-N` for the N-th.

    Empty where the notebook cannot be read.
    """
    try:
        raw, cells = load_cells(notebook), read_cells(notebook)
    except ValueError:
        return {}
    names = {index: name for name, index in match(cells, release).places.items()}
    found = {}
    for index, cell in enumerate(raw):
        outputs = cell.get("outputs")
        if cells[index].kind == "code" and isinstance(outputs, list) and outputs:
            found[names.get(index, f"student-{index + 1}")] = cleaned(outputs[:MAX_CELL_OUTPUTS])
    return found


def show_outputs(outputs: list[Any], alt: str) -> tuple[Output, ...]:
    """Outputs, as `read_outputs` cleaned them, for a page; `alt` says what figures among them show."""
    return tuple(_show(outputs, alt))


def picture_address(mime: str, base64: str) -> Markup:
    """An address that holds all of a picture, which is known to be base64."""
    return Markup(f"data:{mime};base64,{''.join(base64.split())}")


def _show(outputs: list[Any], alt: str) -> Iterator[Output]:
    streamed = ""
    for output in [*outputs, None]:
        if output is not None and output.output_type == "stream":
            streamed += output.text  # one text comes in many pieces
            continue
        if streamed.strip():
            yield _text(page_text.printed(streamed))
        streamed = ""
        if output is not None:
            yield from _show_one(output, alt)


def _show_one(output: NotebookNode, alt: str) -> Iterator[Output]:
    if output.output_type == "error":
        yield _text(page_text.printed(f"{output.ename}: {output.evalue}"))
        return
    data = output.data
    for mime in PICTURES:
        if mime in data:
            yield Output(Figure(picture_address(mime, data[mime]), alt))
            return
    if data.get("text/html", "").strip():
        yield _text(page_text.html_output(data["text/html"]))
    elif "text/latex" in data:
        yield _text(page_text.latex_output(data["text/latex"]))
    elif "text/markdown" in data:
        yield _text(page_text.markdown(data["text/markdown"]))
    elif (text := data.get("text/plain", "")).strip() and not text.startswith(_NO_NEWS):
        yield _text(page_text.printed(text))


def _text(markup: Markup) -> Output:
    return Output(markup=markup, lines=markup.count("\n") + markup.count("<tr") + 1)
