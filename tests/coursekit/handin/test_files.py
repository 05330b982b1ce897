"""The check of the three files, which students run before and the collector after handing in."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.budget import ShortRun
from coursekit.handin import check_files, mentions
from coursekit.handin.handed_out import read_handed_out
from coursekit.handin.notebook import UNANSWERED, read_notebook, split_sentences

REQUIRED = ("netid", "hw2.ipynb", "hw2.pdf")


def change(notebook: bytes, **keys: object) -> bytes:
    """The notebook with other values in its code cell."""
    data = json.loads(notebook)
    next(cell for cell in data["cells"] if cell["cell_type"] == "code").update(keys)
    return json.dumps(data).encode()


@pytest.fixture
def files(make_homework: Callable[..., bytes], printed: bytes) -> dict[str, bytes]:
    return {"netid": b"ada1\nbo22\n", "hw2.ipynb": make_homework(), "hw2.pdf": printed}


def test_right_files_make_no_remark(files: dict[str, bytes]) -> None:
    found = check_files(files, REQUIRED)
    assert found.remarks == ()
    assert found.present == ("netid", "hw2.ipynb", "hw2.pdf")
    assert found.netid is not None and found.netid.ids == ("ada1", "bo22")
    assert found.pdf is not None and found.pdf.share == 1.0


@pytest.mark.parametrize("name", ["netid", "hw2.ipynb", "hw2.pdf"])
def test_each_missing_file_is_told_and_the_others_are_still_checked(files: dict[str, bytes], name: str) -> None:
    del files[name]
    found = check_files(files, REQUIRED)
    assert found.missing == (name,)
    assert found.remarks == (f"{name} is missing.",)


def test_file_under_nearly_the_right_name_is_pointed_out(files: dict[str, bytes]) -> None:
    files["HW2.PDF"] = files.pop("hw2.pdf")
    assert check_files(files, REQUIRED).remarks == ("hw2.pdf is missing (there is “HW2.PDF”: rename it).",)


def test_every_file_can_be_wrong_at_once(make_homework: Callable[..., bytes]) -> None:
    found = check_files({"netid": b"your-netid-here", "hw2.ipynb": b"{", "hw2.pdf": b"%PDF-"}, REQUIRED)
    assert [remark.split()[0] for remark in found.remarks] == ["netid", "hw2.ipynb", "The"]
    assert found.missing == ()


def test_notebook_that_did_not_run_or_has_errors_or_no_answers_is_told(
    files: dict[str, bytes], make_homework: Callable[..., bytes]
) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    files["hw2.ipynb"] = change(make_homework(answer=UNANSWERED), execution_count=None, outputs=[error])
    told = " ".join(check_files(files, REQUIRED).remarks)
    assert "1 code cell that never ran" in told
    assert "1 cell that ended with an error" in told
    assert "1 written answer still empty" in told


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([ShortRun(2, 80, 938, 938)], "(2 of 80 epochs)"),
        ([ShortRun(1, 20, 5, 469), ShortRun(1, 6, 5, 469)], "(1 of 20 epochs with 5 of 469 steps, and 1 more)"),
        ([], ""),
    ],
)
def test_a_training_that_was_cut_short_is_told(
    files: dict[str, bytes], make_homework: Callable[..., bytes], runs: list[ShortRun], told: str
) -> None:
    announced = "".join(f"{run}\n" for run in runs)
    files["hw2.ipynb"] = make_homework(printed=announced + "  0%|   |\r100%|###|\nEpoch:    1 AE Loss: 0.1375\n")
    check = check_files(files, REQUIRED)
    remarks = [remark for remark in check.remarks if "cut short" in remark]
    assert check.cut_short == "".join(remarks)
    assert remarks == ([f"hw2.ipynb shows a training that was cut short {told}, not the whole one."] if told else [])


def test_what_is_as_it_was_handed_out_and_what_is_not_any_more_is_told(files: dict[str, bytes]) -> None:
    released = json.loads(files["hw2.ipynb"])
    given, *_ = (cell for cell in released["cells"] if cell["cell_type"] == "code")
    given["metadata"]["nbgrader"] = {"grade_id": "hyperparameters", "locked": True, "solution": False}
    handed_out = read_handed_out(released["cells"])

    def remarks(**changed: object) -> str:
        files["hw2.ipynb"] = change(json.dumps(released).encode(), **changed)
        return " ".join(check_files(files, REQUIRED, handed_out=handed_out).remarks)

    lines = given["outputs"][0]["text"]
    same = [{"output_type": "stream", "name": "stdout", "text": "".join(lines)}]
    other = [{"output_type": "stream", "name": "stdout", "text": "".join(lines) + "more\n"}]
    assert "All that hw2.ipynb shows is as it was handed out" in remarks(outputs=same)
    assert "as it was handed out" not in remarks(outputs=other)
    told = "given code that was changed, and is graded as it was handed out: hyperparameters."
    assert told in remarks(source="num_epochs = 2", outputs=other)
    assert "given code" not in remarks(source="train()\r\n", outputs=other)


def test_names_and_ids_are_found_in_notebook_and_pdf(
    files: dict[str, bytes], make_homework: Callable[..., bytes]
) -> None:
    files["hw2.ipynb"] = make_homework(printed="saved in /home/ADA1/runs\n")
    found = check_files(files, REQUIRED, names=["Mode  Collapse", "Zoë Nowhere"])
    told = [remark for remark in found.remarks if "mentions" in remark]
    assert told == [
        "hw2.ipynb mentions “ada1”, but grading is anonymous.",
        "hw2.ipynb mentions “Mode  Collapse”, but grading is anonymous.",
        "hw2.pdf mentions “Mode  Collapse”, but grading is anonymous.",
    ]


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("by Zoe\nMüller", "zoë muller", True),
        ("write to ada1@uni.edu", "ada1@uni.edu", True),
        ("mada1gascar", "ada1", False),
        ("go on", "go", False),
    ],
)
def test_only_whole_words_are_mentions(text: str, needle: str, found: bool) -> None:
    assert bool(mentions({"a file": text}, [needle])) is found


def test_what_a_progress_bar_wrote_over_is_not_printed(make_homework: Callable[..., bytes]) -> None:
    written = "step 1, loss 0.9\rstep 2, loss 0.8\r\x1b[1mstep 3\x1b[0m, loss 0.7\nend\n"
    assert read_notebook(make_homework(printed=written)).losses == ("step 3, loss 0.7",)


def test_mathematics_links_and_tags_are_no_part_of_a_sentence() -> None:
    text = "We saw $L_D$ fall to its <b>lowest</b> value. See [the long paper](https://x.org/y)!\n\n$$\na + b\n$$"
    assert split_sentences(text) == ["fall to its", "See [the long paper]"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cell_type", "source", "outputs", "metadata", "nbgrader", "data", "text", "solution"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(st.lists(JSON, min_size=1, max_size=3))
def test_any_json_as_cells_is_read_without_an_error(cells: list[object]) -> None:
    content = read_notebook(json.dumps({"cells": cells}).encode())
    assert content.errors <= len(cells)
