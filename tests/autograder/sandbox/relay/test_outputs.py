"""Claims about what is kept of a notebook's outputs."""

import json
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox.relay.outputs import Output, OutputKeeper, error_output, join_streams

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["name", "text", "data", "traceback", "ename", "evalue", "execution_count", "metadata"])
KINDS = st.sampled_from(["stream", "display_data", "execute_result", "error", "update_display_data", "x"])


def keep(*contents: tuple[str, object], size: int = 10_000) -> list[Output]:
    keeper, outputs = OutputKeeper(size), list[Output]()
    for kind, content in contents:
        keeper.keep(outputs, 0, kind, content)
    return join_streams(outputs)


@given(KINDS, st.dictionaries(FIELDS, JSON) | JSON)
def test_whatever_arrives_what_is_kept_is_a_valid_notebook_that_can_be_written(kind: str, content: object) -> None:
    outputs = nbformat.from_dict([*keep((kind, content)), error_output("NotRun", "sentence")])
    cell = new_code_cell("", outputs=outputs)
    notebook = new_notebook(cells=[cell])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")
    json.dumps(notebook)


def test_text_in_many_mime_types_is_kept_and_all_else_dropped() -> None:
    data = {"text/html": "<b>", "application/json": {"a": 1}, "image/png": "iVBOR", "text/plain": None}
    (output,) = keep(("display_data", {"data": data, "metadata": {"x": 1}}))
    assert output == {
        "output_type": "display_data",
        "data": {"text/html": "<b>", "image/png": "iVBOR"},
        "metadata": {},
    }


def test_what_is_too_long_is_cut_and_told_once() -> None:
    pieces = [("stream", {"name": "stdout", "text": "x" * 600})] * 5
    (output,) = keep(*pieces, size=1000)
    assert output["text"].startswith("x" * 700) and output["text"].count("left out") == 1


@pytest.mark.parametrize("letter", ["x", "é", "\0", "\U0001f600", '"'])
def test_what_is_kept_takes_no_more_bytes_in_a_file_than_it_may(letter: str) -> None:
    pieces = [("stream", {"name": "stdout", "text": letter * 700}), ("stream", {"name": "stderr", "text": letter})]
    many = [("display_data", {"data": {f"{letter}/{n}": letter for n in range(5000)}})]
    lines = [("error", {"ename": letter * 3000, "traceback": [letter] * 5000})]
    kept = keep(*pieces * 2, *many, *lines, size=10_000)
    assert kept and len(json.dumps(kept, ensure_ascii=False).encode()) < 11_000


def test_clearing_makes_room_again() -> None:
    keeper, outputs = OutputKeeper(1000), list[Output]()
    for _ in range(50):
        keeper.clear(outputs, 0)
        keeper.keep(outputs, 0, "stream", {"name": "stdout", "text": "x" * 700})
    assert [output["text"] for output in outputs] == ["x" * 700]


def test_pieces_of_one_stream_are_joined_and_rewritten_lines_shown_as_on_a_screen() -> None:
    def piece(text: str, name: str = "stdout") -> tuple[str, object]:
        return "stream", {"name": name, "text": text}

    outputs = keep(piece("a\n1%\r"), piece("2%\r"), piece("3%\n"), piece("b\r\n", "stderr"), piece("c"))
    assert [(output["name"], output["text"]) for output in outputs] == [
        ("stdout", "a\n3%\n"),
        ("stderr", "b\n"),
        ("stdout", "c"),
    ]


def test_joining_takes_time_in_proportion_to_the_length() -> None:
    begin = time.process_time()
    keep(("stream", {"name": "stdout", "text": "x" * 5_000_000}), size=10**7)
    keep(("stream", {"name": "stdout", "text": "\r" * 5_000_000}), size=10**7)
    assert time.process_time() - begin < 2
