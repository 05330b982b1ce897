"""Claims about the private folders of sandboxes, and about what a killed grader leaves."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from autograder.sandbox.cgroup import MemoryGroup
from autograder.sandbox.limits import Limits
from autograder.sandbox.workspace import PREFIX, open_workspace, place_files, place_folder, sweep
from tests.processes import ask_below, command_line

GRADER = """
import sys, tempfile
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
from autograder.execute import run_notebook
from autograder.sandbox.limits import Limits
source = "import subprocess, time; subprocess.Popen(['sleep', '4321'], start_new_session=True); time.sleep(60)"
run_notebook(new_notebook(cells=[new_code_cell(source)]), files={}, inbox=Path(sys.argv[1]), limits=Limits())
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make_old(root: Path) -> None:
    os.utime(root, (0, 0))


def test_a_workspace_is_private_and_goes_at_the_end(temporary: Path) -> None:
    with pytest.raises(KeyError), open_workspace() as workspace:
        assert workspace.root.stat().st_mode & 0o777 == 0o700
        raise KeyError
    assert list(temporary.iterdir()) == []


def test_only_workspaces_that_nobody_holds_are_swept(temporary: Path) -> None:
    (temporary / (PREFIX + "young")).mkdir()
    (temporary / "other").mkdir()
    (temporary / (PREFIX + "link")).symlink_to(temporary / "other")
    dead = temporary / (PREFIX + "dead")
    (dead / "in").mkdir(parents=True)
    for path in temporary.iterdir():
        make_old(path)
    (temporary / (PREFIX + "young")).touch()
    with open_workspace() as held:
        make_old(held.root)
        assert not dead.exists()  # opening one swept it
        assert sweep() == []
        assert held.root.exists()
    assert sorted(path.name for path in temporary.iterdir()) == [PREFIX + "link", PREFIX + "young", "other"]


def test_files_are_readable_inside_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        (tmp_path / "in").mkdir()
        (tmp_path / "probes").mkdir()
        files = {"a/b": b"1", "x" * 300: b"", "c\0": b"", "large": b"123456", "small": b"1"}
        left_out = [sentence.partition(":")[0] for sentence in place_files(tmp_path / "in", files, most=5)]
        assert left_out == ["x" * 300, "c\0", "large"]
        place_folder(tmp_path / "probes", tmp_path / "in")
    finally:
        os.umask(before)
    for path in (tmp_path / "in" / "a" / "b", tmp_path / "probes" / "a" / "b"):
        assert path.stat().st_mode & 0o777 == 0o644 and path.parent.stat().st_mode & 0o777 == 0o755


def test_a_grader_killed_at_once_leaves_no_process_and_the_next_sweeps_its_folder(temporary: Path) -> None:
    inbox = temporary / "probes"
    inbox.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    grader = subprocess.Popen([sys.executable, "-c", GRADER, str(inbox)], env=environment)
    processes = wait_for_child(grader.pid, "sleep 4321")
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not alive
    (folder,) = temporary.glob(PREFIX + "*")
    make_old(folder)
    with open_workspace():
        assert not folder.exists()
    group = MemoryGroup.create(Limits())
    group.remove()
    if group.folder is not None:
        assert not list(group.folder.parent.glob(f"{PREFIX}{grader.pid}-*"))


def wait_for_child(pid: int, command: str) -> list[psutil.Process]:
    """All descendants of a process, once one of them runs that command."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        children = psutil.Process(pid).children(recursive=True)
        if command in ask_below(command_line, pid).values():
            return children
        time.sleep(0.05)
    raise AssertionError(f"{command} never ran")


def test_a_memory_group_bounds_its_processes_where_the_machine_has_one() -> None:
    group = MemoryGroup.create(Limits(resident_memory=0))  # what remains is the margin
    if group.folder is None:
        pytest.skip("no control group of version 1 can be written here")
    source = "import sys; sys.stdin.read(1); kept = b'x' * 2**30; print('survived')"
    process = subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    group.add(process.pid)
    assert process.communicate(b"\n")[0] == b""
    assert process.returncode == -signal.SIGKILL and group.was_full()
    group.remove()
    assert not group.folder.exists()
