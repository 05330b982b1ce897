import copy
import json
import os
import resource
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.intake import MAX_FILE, MAX_FILES, locked, odd_files, read_submission, repair
from autograder.intake.cells import MAX_READ


def marks(name: str, **changes: Any) -> dict[str, Any]:
    given = {"grade": False, "solution": False, "locked": True, "schema_version": 3, "grade_id": name}
    return {"nbgrader": given | changes}


RELEASE = new_notebook(
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    cells=[
        new_markdown_cell("# Homework", id="a", metadata=marks("title")),
        new_code_cell("import torch", id="b", metadata=marks("imports")),
        new_code_cell("# YOUR CODE HERE", id="c", metadata=marks("losses", solution=True, locked=False)),
        new_code_cell("check.losses()", id="d", metadata=marks("check_losses", grade=True, points=3)),
        new_markdown_cell(
            "YOUR ANSWER HERE",
            id="e",
            metadata=marks("answer", grade=True, solution=True, locked=False, points=4),
        ),
    ],
)


def filled() -> nbformat.NotebookNode:
    notebook = copy.deepcopy(RELEASE)
    notebook.cells[2].source = "def loss(): return 1"
    notebook.cells[4].source = "I wrote a loss."
    return notebook


def as_bytes(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


def sources(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def test_an_honest_submission_comes_through_unchanged_and_without_remarks() -> None:
    repaired = repair(as_bytes(filled()), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ()
    assert repaired.unreadable is None


def test_repairing_twice_changes_nothing_more() -> None:
    notebook = filled()
    notebook.cells.insert(3, new_code_cell("mine = 1"))
    once = repair(as_bytes(notebook), RELEASE).notebook
    assert repair(as_bytes(once), RELEASE).notebook == once


def test_locked_cells_metadata_and_kernel_come_from_the_release() -> None:
    notebook = filled()
    notebook.cells[3].source = "print(3)"
    notebook.cells[3].metadata["nbgrader"]["points"] = "abc"
    notebook.cells[2].metadata["nbgrader"] |= {"schema_version": 99, "grade": True, "points": 100}
    notebook.metadata["kernelspec"]["name"] = "ir"
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ("These were not to be changed, and put back as handed out (1 cell): check_losses.",)


def test_work_that_came_in_place_of_the_notebook_is_named_and_waits_for_a_person() -> None:
    repaired = repair(b"", RELEASE, files={"netid": b"abc1", "README.md": b"# kit", "hw2.py": b"x = 1"})
    assert repaired.unreadable is not None and "handed in instead: hw2.py." in repaired.unreadable
    assert repaired.waiting == ("answer",) and set(repaired.doubts) == {"check_losses"}
    assert repair(b"", RELEASE, files={"netid": b"abc1"}).unreadable == "The notebook is missing."


def test_missing_cells_are_put_back_and_told() -> None:
    notebook = filled()
    del notebook.cells[3], notebook.cells[1]
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ("These were missing, and put back as handed out (2 cells): imports, check_losses.",)


def test_own_cells_stay_where_they_stand_without_metadata_and_outputs() -> None:
    notebook = filled()
    own = new_code_cell("helper = 1", metadata={"nbgrader": {"grade": True, "grade_id": "mine", "points": 9}})
    own.outputs = [nbformat.v4.new_output("stream", text="x")]
    notebook.cells.insert(2, own)
    notebook.cells.insert(0, new_markdown_cell("first"))
    notebook.cells.append(new_code_cell(""))
    repaired = repair(as_bytes(notebook), RELEASE).notebook
    assert sources(repaired) == [
        "first",
        "# Homework",
        "import torch",
        "helper = 1",
        "def loss(): return 1",
        "check.losses()",
        "I wrote a loss.",
    ]
    assert repaired.cells[3].metadata == {}
    assert repaired.cells[3].outputs == []


def test_both_halves_of_a_split_answer_are_kept_and_the_first_is_the_graded_one() -> None:
    notebook = filled()
    second = copy.deepcopy(notebook.cells[4])
    second.source = "And more."
    notebook.cells.append(second)
    cells = repair(as_bytes(notebook), RELEASE).notebook.cells
    assert [cell.source for cell in cells[-2:]] == ["I wrote a loss.", "And more."]
    assert "nbgrader" in cells[-2].metadata and "nbgrader" not in cells[-1].metadata
    assert len({cell.id for cell in cells}) == len(cells)


def test_an_untouched_copy_before_the_answer_does_not_hide_the_answer() -> None:
    notebook = filled()
    notebook.cells.insert(2, copy.deepcopy(RELEASE.cells[2]))
    cells = repair(as_bytes(notebook), RELEASE).notebook.cells
    graded = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "losses"]
    assert [cell.source for cell in graded] == ["def loss(): return 1"]


def test_reordered_cells_return_to_the_order_of_the_release() -> None:
    notebook = filled()
    notebook.cells.reverse()
    assert repair(as_bytes(notebook), RELEASE).notebook == filled()


def test_an_answer_of_another_type_keeps_its_text() -> None:
    notebook = filled()
    notebook.cells[4].cell_type = "raw"
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert "answer" in repaired.remarks[0]


def test_answers_are_found_by_cell_id_where_a_tool_dropped_the_metadata() -> None:
    notebook = filled()
    for cell in notebook.cells:
        cell.metadata = {}
    assert repair(as_bytes(notebook), RELEASE).notebook == filled()


def test_pictures_in_an_answer_are_kept() -> None:
    notebook = filled()
    notebook.cells[4].attachments = {"plot.png": {"image/png": "aGFsbG8="}, "x": {"text/html": "<script>"}}
    repaired = repair(as_bytes(notebook), RELEASE).notebook
    assert repaired.cells[4].attachments == {"plot.png": {"image/png": "aGFsbG8="}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'{"cells": 3}',
        b'{"cells": []}',
        b'{"cells": [{}, 3, {"metadata": {"nbgrader": 3}, "source": {"a": 1}}]}',
        b'{"worksheets": [{"cells": []}]}',
        b"[" * 100_000,
        b'{"cells": [' + b"{}," * 2000 + b"{}]}",
        b" " * MAX_READ + b"{}",
    ],
)
def test_what_cannot_be_read_becomes_the_empty_release_with_a_reason(content: bytes) -> None:
    repaired = repair(content, RELEASE)
    assert repaired.notebook == RELEASE
    assert repaired.unreadable and "\n" not in repaired.unreadable


def test_odd_text_in_an_answer_can_be_written_again() -> None:
    raw = as_bytes(filled()).replace(b"I wrote a loss.", b"\\ud800 \\u0000 \xc3\xa9")
    repaired = repair(raw, RELEASE)
    assert nbformat.writes(repaired.notebook).encode()
    assert "é" in repaired.notebook.cells[4].source


def test_the_release_says_what_is_locked() -> None:
    assert [locked(cell) for cell in RELEASE.cells] == [True, True, False, True, False]


def test_links_and_special_files_are_refused_and_plain_files_read(tmp_path: Path) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("grades of others")
    folder = tmp_path / "hw2"
    (folder / "figures").mkdir(parents=True)
    (folder / "hw2.ipynb").write_bytes(b"{}")
    (folder / "netid").write_bytes(b"abc1\n")
    (folder / "figures" / "one.png").write_bytes(b"png")
    (folder / "old.ipynb").write_bytes(b"{}")
    (folder / "report.pdf").symlink_to(secret)
    (folder / "others").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"x")

    submission = read_submission(folder, "hw2.ipynb")
    assert submission.notebook == b"{}"
    assert submission.files == {"figures/one.png": b"png", "netid": b"abc1\n"}
    assert len(submission.refused) == 3  # one for each reason
    assert {path.name for path in odd_files(folder)} == {"report.pdf", "others", "pipe"}


def test_a_folder_that_is_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "hw2.ipynb").write_bytes(b"{}")
    (tmp_path / "hw2").symlink_to(tmp_path / "real")
    assert read_submission(tmp_path / "hw2", "hw2.ipynb").notebook == b""
    assert odd_files(tmp_path / "hw2") == [tmp_path / "hw2"]


def test_required_files_are_read_first_whatever_lies_beside_them(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"epoch_{number:03d}.png").write_bytes(b"a picture")
    for name in ("hw2.ipynb", "netid", "z.pdf"):
        (tmp_path / name).write_bytes(b"{}")
    submission = read_submission(tmp_path, "hw2.ipynb", ["hw2.ipynb", "netid", "z.pdf"])
    assert submission.notebook == b"{}"
    assert {"netid", "z.pdf"} <= submission.files.keys()
    assert len(submission.files) == MAX_FILES
    assert submission.refused == (
        "epoch_198.png, epoch_199.png, epoch_200.png, epoch_201.png, epoch_202.png and 97 more files were left out: "
        "only 200 files beside the notebook are read.",
    )


def test_all_files_together_are_bounded_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "netid"):
        (tmp_path / name).write_bytes(bytes(MAX_FILE - 1))
    submission = read_submission(tmp_path, "hw2.ipynb", ["hw2.ipynb", "netid"])
    assert sorted(submission.files) == ["a", "netid"]
    assert submission.refused == ("b, c were left out: all files together are larger than 64 MiB.",)


def write_large(path: Path, filler: NotebookNode) -> None:
    notebook = filled()
    notebook.cells.insert(1, new_code_cell("1", outputs=[filler]))
    notebook.cells[0].source = "# \U0001f600 another text"
    path.write_bytes(as_bytes(notebook))


def test_outputs_cost_nothing_however_large_they_are(tmp_path: Path) -> None:
    path = tmp_path / "hw2.ipynb"
    write_large(path, nbformat.v4.new_output("display_data", {"image/png": "A" * (40 * 2**20)}))
    submission = read_submission(tmp_path, "hw2.ipynb")
    assert len(submission.notebook) < 10_000
    repaired = repair(submission.notebook, RELEASE, submission.unreadable)
    assert [cell.source for cell in repaired.notebook.cells if cell.cell_type == "code"][1:] == sources(filled())[1:4]


def test_json_that_becomes_many_times_its_size_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "hw2.ipynb").write_bytes(b'{"cells": [{"outputs": [' + b"[]," * (20 * 2**20) + b"0]}]}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    submission = read_submission(tmp_path, "hw2.ipynb")
    assert submission.notebook == b"" and "1 GiB of memory" in (submission.unreadable or "")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_notebook_in_an_encoding_of_windows_is_read(encoding: str) -> None:
    notebook = filled()
    notebook.cells[4].source = "Größe – naïve"
    content = json.dumps(notebook, ensure_ascii=False).encode(encoding)
    assert repair(content, RELEASE).notebook == notebook
