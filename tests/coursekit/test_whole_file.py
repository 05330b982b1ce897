"""A file is there whole or as it was before, with its permissions, and no draft stays behind."""

import os
from pathlib import Path

import pytest

from coursekit.text import unix_lines, writable
from coursekit.whole_file import write_whole


def test_a_file_is_replaced_as_a_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    path.chmod(0o640)
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_permissions_that_the_mask_gives(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "secret", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_what_cannot_take_its_place_leaves_no_draft_and_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(OSError):
        write_whole(path, b"x")
    assert [p.name for p in tmp_path.rglob("*")] == ["taken", "kept"]


def test_text_can_be_written_and_its_lines_end_as_those_of_unix() -> None:
    assert writable("a\ud83db") == "a?b"
    assert unix_lines("a\r\nb\rc\nd") == "a\nb\nc\nd"
