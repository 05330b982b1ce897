from pathlib import Path

import pytest

from autograder.collect.branches import bring
from autograder.collect.git import GitError
from autograder.collect.mirror import Entry, content, history, read_tree
from tests.autograder.collect.repositories import git


def fetch(address: str, mirror: Path, seconds: float = 120) -> str:
    head = bring(address, mirror, "hw2.ipynb", "UTC", seconds).head
    assert head is not None
    return head


def tree(mirror: Path, head: str) -> tuple[tuple[Entry, ...], int]:
    found = read_tree(mirror, head)
    return found.entries, found.unreadable


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "netid").write_text("ada1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_repository_is_read_without_a_checkout(repository: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror.git"
    head = fetch(str(repository), mirror)
    assert [(c.id, c.dated) for c in history(mirror, head)] == [(head, 1676894400)]
    (entry,), unreadable = tree(mirror, head)
    assert (entry.kind, entry.path, entry.size, unreadable) == ("file", "netid", 5, 0)
    assert content(mirror, entry, 2**20) == b"ada1\n"


def test_what_was_fetched_once_stays_when_the_branch_is_rewritten(repository: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror.git"
    first = fetch(str(repository), mirror)
    (repository / "netid").write_text("bob2\n")
    git(repository, "commit", "-q", "-a", "--amend", "-m", "rewritten", date="2023-02-21T12:00:00+0000")
    second = fetch(str(repository), mirror)
    assert first != second
    assert [content(mirror, tree(mirror, commit)[0][0], 99) for commit in (first, second)] == [b"ada1\n", b"bob2\n"]


def test_links_submodules_filters_and_hooks_of_a_repository_are_only_data(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    (repository / "outside").symlink_to("/etc/passwd")
    (repository / ".gitattributes").write_text("* filter=evil\n")
    git(repository, "add", ".")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    git(repository, "commit", "-q", "-m", "links")
    for setting in ("filter.evil.smudge", "uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand"):
        git(repository, "config", setting, f"touch {trap}")
    for hook in ("post-checkout", "post-merge", "reference-transaction", "pre-receive", "post-update"):
        path = repository / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {trap}\n")
        path.chmod(0o755)
    mirror = tmp_path / "mirror.git"
    entries, _ = tree(mirror, fetch(str(repository), mirror))
    assert {entry.path: entry.kind for entry in entries} == {
        ".gitattributes": "file",
        "module": "submodule",
        "netid": "file",
        "outside": "link",
    }
    assert [content(mirror, entry, 2**20) for entry in entries if entry.kind == "link"] == [b"/etc/passwd"]
    assert not trap.exists()


def test_an_empty_repository_has_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    assert bring(str(tmp_path / "empty"), tmp_path / "mirror.git", "hw2.ipynb", "UTC").head is None


def test_a_folder_that_borrows_from_another_repository_is_refused(repository: Path, tmp_path: Path) -> None:
    borrowed = tmp_path / "borrowed"
    borrowed.mkdir()
    (borrowed / ".git").write_text(f"gitdir: {repository}/.git\n")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / ".git").symlink_to(repository / ".git")
    shared = tmp_path / "shared"
    git(tmp_path, "clone", "-q", "--shared", str(repository), str(shared))
    for folder in (borrowed, linked, shared):
        with pytest.raises(GitError, match="takes its history from somewhere else"):
            fetch(str(folder), tmp_path / "mirror.git")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ext::sh -c touch% trap", "no address"),
        ("--upload-pack=touch trap", "no address"),
        ("git://127.0.0.1/x", "transport 'git' not allowed"),
        ("file:///etc", "transport 'file' not allowed"),
        ("/nowhere/at/all", "is no Git repository"),
        ("https://127.0.0.1:1/x.git", "Git could not read it"),
    ],
    ids=["ext", "option", "git", "file", "nowhere", "refused"],
)
def test_each_address_that_cannot_be_used_is_one_sentence(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(GitError, match=said) as error:
        fetch(address, tmp_path / "mirror.git")
    assert "\n" not in str(error.value)


def test_a_slow_git_is_stopped_with_all_its_processes(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="did not end within"):
        fetch(str(repository), tmp_path / "mirror.git", seconds=0.0001)
