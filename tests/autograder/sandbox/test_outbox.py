"""Claims about reading an outbox, on real folders."""

import os
import tempfile
from pathlib import Path

from autograder.sandbox.outbox import MAX_ENTRIES, MAX_NAMED, take_outbox


def read(folder: Path, max_size: int = 1000) -> tuple[dict[str, bytes], tuple[str, ...]]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with tempfile.TemporaryDirectory() as into:
        try:
            taken, refused = take_outbox(descriptor, Path(into), max_size)
        finally:
            os.close(descriptor)
        files = {str(path.relative_to(into)): path.read_bytes() for path in Path(into).rglob("*") if path.is_file()}
    assert sorted(taken) == sorted(files)
    return files, refused


def test_plain_files_come_with_their_paths(tmp_path: Path) -> None:
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe" / "trace.json").write_bytes(b"{}")
    (tmp_path / "top").write_bytes(b"")
    assert read(tmp_path) == ({"probe/trace.json": b"{}", "top": b""}, ())


def test_a_link_to_a_folder_or_a_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "grades").write_text("1.0")
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    (outbox / "folder").symlink_to(secret)
    (outbox / "file").symlink_to(secret / "grades")
    files, refused = read(outbox)
    assert files == {}
    assert sorted(refused) == ["file: it is not a plain file", "folder: it is not a plain file"]


def test_files_that_are_together_too_large_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**12)
    (tmp_path / "small").write_bytes(b"x" * 1000)
    assert read(tmp_path) == ({"small": b"x" * 1000}, ("sparse: the files together are too large",))


def test_the_number_of_entries_and_of_sentences_is_bounded(tmp_path: Path) -> None:
    for index in range(MAX_ENTRIES + 1):
        (tmp_path / str(index)).symlink_to("x")
    files, refused = read(tmp_path)
    assert files == {} and len(refused) == MAX_NAMED + 1
    assert refused[-1] == f"and {MAX_ENTRIES + 1 - MAX_NAMED} more"
