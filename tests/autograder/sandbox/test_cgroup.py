"""Which control groups are used: found as the kernel lists them, in folders laid out like its own."""

from pathlib import Path

import pytest

from autograder.sandbox.cgroup import MemoryGroup, _parents_of_version_2
from autograder.sandbox.limits import Limits

SESSION = "user.slice/user-1000.slice/user@1000.service/app.slice"


@pytest.fixture
def session(tmp_path: Path) -> tuple[Path, Path]:
    """A machine of version 2, on which the session hands memory and processes on to the groups below it."""
    mount = tmp_path / "cgroup"
    (mount / SESSION / "terminal.scope").mkdir(parents=True)
    (mount / "cgroup.controllers").write_text("cpu memory pids")
    for folder, handed_on in ((SESSION, "memory pids"), (f"{SESSION}/terminal.scope", "")):
        (mount / folder / "cgroup.subtree_control").write_text(handed_on)
        (mount / folder / "cgroup.procs").touch()
    own = tmp_path / "own"
    own.write_text(f"0::/{SESSION}/terminal.scope\n")
    return mount, own


def test_the_group_above_is_taken_where_the_own_one_hands_nothing_on(session: tuple[Path, Path]) -> None:
    mount, own = session
    assert list(_parents_of_version_2(mount, own)) == [mount / SESSION]


@pytest.mark.parametrize("handed_on", ["", "pids", "memory"])
def test_a_group_without_both_controllers_is_not_taken(session: tuple[Path, Path], handed_on: str) -> None:
    mount, own = session
    (mount / SESSION / "cgroup.subtree_control").write_text(handed_on)
    assert list(_parents_of_version_2(mount, own)) == []


def test_a_folder_that_the_kernel_does_not_fill_is_no_group_and_nothing_stays(session: tuple[Path, Path]) -> None:
    mount, own = session
    before = sorted(mount.rglob("*"))
    group = MemoryGroup.create(Limits(), mount, own)
    assert (group.folder, group.bounds) == (None, "")
    assert sorted(mount.rglob("*")) == before


def test_a_group_of_version_2_was_full_when_the_kernel_has_killed_in_it(tmp_path: Path) -> None:
    group = MemoryGroup(tmp_path, 2)
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\noom_group_kill 0\n")
    assert not group.was_full()
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 3\noom_group_kill 1\n")
    assert group.was_full()


def test_without_control_groups_there_is_none(tmp_path: Path) -> None:
    assert MemoryGroup.create(Limits(), tmp_path, tmp_path / "absent") == MemoryGroup()
