"""What no honest program writes costs the one who handed it in, and nobody else."""

import io
import os
import subprocess
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.collect import collect as collection
from autograder.collect.branches import Brought, bring
from autograder.collect.choose import _lateness
from autograder.collect.git import GitError, fetch
from autograder.collect.ledger import Receipt
from autograder.config import Course
from tests.autograder.collect.classes import IN_TIME, NOTEBOOK, collected, commit, handed_in
from tests.autograder.collect.repositories import git

WORK = {"netid": "bob2\n", "hw2.ipynb": NOTEBOOK}
DATES = ["", "yesterday", "-5 +0000", "99999999999999 +0000", f"{'9' * 30} +0000", "1677153600 +9999", "\u00b2 +0000"]


def dated(folder: Path, date: str) -> None:
    """A repository whose newest commit has these words as its date."""
    commit(folder, WORK)
    tree = git(folder, "rev-parse", "HEAD^{tree}").strip()
    text = f"tree {tree}\nauthor a <a@b> {date}\ncommitter a <a@b> {date}\n\nx\n".encode()
    command = ["git", "-C", str(folder), "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    made = subprocess.run(command, input=text, capture_output=True, check=True).stdout.decode()
    git(folder, "update-ref", "HEAD", made.strip())


def test_a_commit_with_any_date_is_collected_and_disturbs_no_other(course: Course, clones: Path) -> None:
    for number, date in enumerate(DATES):
        dated(clones / f"forged-{number}", date)
        branch = clones / f"branch-{number}"
        dated(branch, date)
        git(branch, "branch", "other")
        git(branch, "reset", "-q", "--hard", git(branch, "commit-tree", "HEAD^{tree}", "-m", "x", date=IN_TIME).strip())
    commit(clones / "honest", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    teams = collected(course, clones)
    assert teams["honest"].remarks == ()
    for number, date in enumerate(DATES):
        for name in (f"forged-{number}", f"branch-{number}"):
            assert set(handed_in(course, teams[name])) == set(WORK), (date, teams[name].remarks)
    for number in (0, 1, 6):  # "", "yesterday", "\u00b2"
        team = teams[f"forged-{number}"]
        assert team.received is None
        assert "It has no date that can be read: it counts as in time; decide." in team.remarks


@pytest.mark.parametrize("marked", [True, False])
def test_work_without_a_date_is_late_where_the_system_that_took_it_says_so(marked: bool) -> None:
    none, due = datetime.fromtimestamp(0, UTC), datetime(2023, 2, 25, tzinfo=UTC)
    late, remarks = _lateness(Receipt("a", none, False, none, late=marked or None), due, due, "UTC")
    assert (late > timedelta(0), bool(remarks)) == (marked, not marked)


@pytest.mark.parametrize("time", ["1e300", "-1e300", "400000000000", "5"])
def test_an_archive_whose_times_are_none_is_collected(course: Course, clones: Path, time: str) -> None:
    with tarfile.open(clones / "one.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in WORK.items():
            member = tarfile.TarInfo(name)
            member.size, member.pax_headers = len(text), {"mtime": time}
            archive.addfile(member, io.BytesIO(text.encode()))
    team = collected(course, clones)["one.tar"]
    assert handed_in(course, team) == WORK
    assert any("nothing says when it was handed in" in remark for remark in team.remarks)


@pytest.mark.parametrize("step", ["bring", "choose"])
def test_a_collector_that_breaks_at_one_team_collects_the_others(
    course: Course, clones: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    commit(clones / "one", WORK)
    commit(clones / "two", {"netid": "ada1\n", "hw2.ipynb": NOTEBOOK})
    real = getattr(collection, step)
    broken: list[str] = []

    def break_once(*arguments: Any) -> Any:
        if not broken:
            broken.append("here")
            raise ValueError("of nobody's making")
        return real(*arguments)

    monkeypatch.setattr(collection, step, break_once)
    told, whole = sorted(collected(course, clones).values(), key=lambda team: not team.unread)
    assert (told.unread, whole.unread) == (True, False)
    assert any("the collector broke at it" in remark for remark in told.remarks)
    (kept,) = (course.state / "faults" / "hw2-collection").iterdir()
    assert (kept.stem, "of nobody's making" in kept.read_text()) == (told.pseudonym, True)
    assert set(handed_in(course, whole)) == set(WORK)
    assert not any(team.unread for team in collected(course, clones).values())
    assert not kept.exists()


@pytest.mark.parametrize("part", ["objects/pack", "refs/heads", "refs/heads/main", "packed-refs", "config", "a-fifo"])
def test_a_repository_with_a_link_or_no_plain_file_in_it_is_refused(tmp_path: Path, part: str) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, WORK)
    git(folder, "repack", "-q", "-a", "-d")
    git(folder, "tag", "one")
    if part == "packed-refs":
        git(folder, "pack-refs", "--all")
    if part == "a-fifo":
        os.mkfifo(folder / ".git" / "refs" / "heads" / "fifo")
    else:
        (folder / ".git" / part).rename(tmp_path / "elsewhere")
        (folder / ".git" / part).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GitError, match="takes its history from somewhere else"):
        fetch(str(folder), tmp_path / "mirror.git")
    with pytest.raises(GitError, match="takes its history from somewhere else"):
        assert not isinstance(bring(str(folder), tmp_path / "mirror.git", "hw2.ipynb", "UTC"), Brought)
