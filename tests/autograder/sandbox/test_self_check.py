"""Claims about machines on which no sandbox can be made."""

import stat
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.sandbox import process
from autograder.sandbox.self_check import check_sandbox


@pytest.fixture(autouse=True)
def forget() -> None:
    check_sandbox.cache_clear()


def program(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def put_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{folder}:/usr/bin:/bin"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setattr(process, "LAUNCHER_ENVIRONMENT", {"PATH": path})


def test_this_machine_passes() -> None:
    check_sandbox()


def test_without_bubblewrap_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="not installed: run `sudo apt-get install bubblewrap`"):
        check_sandbox()


def test_an_old_bubblewrap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "bwrap", "echo bubblewrap 0.4.1")
    put_first(tmp_path, monkeypatch)
    with pytest.raises(UsageError, match="is too old: install version"):
        check_sandbox()


def test_a_system_that_forbids_it_is_told_with_what_bubblewrap_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        tmp_path,
        "bwrap",
        '[ "$1" = --version ] && exec echo bubblewrap 0.9.0\necho "bwrap: No permissions" >&2; exit 1',
    )
    put_first(tmp_path, monkeypatch)
    with pytest.raises(UsageError, match="No permissions"):
        check_sandbox()
