"""What is read of a submission: plain files, within bounds, and notebooks of any encoding and size."""

import json
import os
import resource
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.intake import MAX_FILE, MAX_FILES, odd_files, read_submission, repair
from tests.autograder.intake.small import RELEASE, as_bytes, filled, sources


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
    assert submission.files == {"figures/one.png": b"png", "netid": b"abc1\n", "old.ipynb": b"{}"}
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
