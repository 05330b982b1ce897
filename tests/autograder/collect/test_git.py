import os
from pathlib import Path

import psutil
import pytest

from autograder.collect.branches import bring
from autograder.collect.git import GitError, list_branches
from autograder.collect.git_failure import why_git_failed
from autograder.collect.mirror import Entry, content, history, read_tree
from autograder.handback.choose import Feedback
from autograder.handback.push import push_feedback
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


def test_signatures_that_the_instructor_has_git_show_are_no_commits(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text("[log]\nshowSignature = true\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    header, _, message = git(repository, "cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----"
    (tmp_path / "signed").write_text(f"{header}\n{signature}\n\n{message}")
    signed = git(repository, "hash-object", "-t", "commit", "-w", str(tmp_path / "signed")).strip()
    git(repository, "reset", "-q", "--hard", signed)
    mirror = tmp_path / "mirror.git"
    head = fetch(str(repository), mirror)
    assert [commit.id for commit in history(mirror, head)] == [head]


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
    including = tmp_path / "including"
    git(tmp_path, "clone", "-q", "--no-hardlinks", str(repository), str(including))
    with (including / ".git" / "config").open("a") as config:
        config.write('[core] x = 1\n [ includeIf "gitdir:/"] path = /dev/zero\n')
    for folder in (borrowed, linked, shared, including):
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


def test_a_git_that_hangs_is_stopped_with_all_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = ["sleep", f"60.{os.getpid()}"]
    monkeypatch.setenv("GIT_SSH_COMMAND", " ".join(sleep) + " #")
    with pytest.raises(GitError, match="did not end within 2 s"):
        fetch("git@host.example:team/hw2.git", tmp_path / "mirror.git", seconds=2)
    left = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == sleep]
    assert psutil.wait_procs(left, timeout=10)[1] == []  # killed, if perhaps not yet buried


REFUSED = """fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists."""


@pytest.mark.parametrize("address", ["git@host.example:team/hw2.git", "ssh://git@host.example:2222/team/hw2.git"])
@pytest.mark.parametrize(
    ("ssh", "said"),
    [
        ("exec sleep 60", "did not end within 2 s"),
        ("echo 'Host key verification failed.' >&2; exit 255", "does not know the host .* `ssh HOST` once by hand"),
        ("echo 'git@host.example: Permission denied (publickey).' >&2; exit 255", "none of your ssh keys.*`ssh-add`"),
        ("echo 'ssh: connect to host x port 22: Connection timed out' >&2; exit 255", "did not answer in time"),
        ("echo 'ERROR: Repository not found.' >&2; exit 1", "ERROR: Repository not found."),
    ],
    ids=["hangs", "unknown-host", "no-key", "timed-out", "not-there"],
)
def test_an_ssh_that_fails_or_hangs_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, ssh: str, said: str
) -> None:
    """With the instructor's own command for ssh, which is used as it is set, and asks nothing."""
    script = tmp_path / "ssh"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n{ssh}\n')
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    with pytest.raises(GitError, match=said) as error:
        list_branches(address, seconds=2 if "sleep" in ssh else 30)
    assert "\n" not in str(error.value) and "repository exists" not in str(error.value)
    assert "-oBatchMode=yes" in (tmp_path / "called").read_text()
    feedback = Feedback("team-1", "team-1", (), "Homework 2", {"hw2.html": b""}, "")
    if "sleep" not in ssh:
        pushed = push_feedback(feedback, "hw2", address, now=1_700_000_000)
        assert pushed.commit is None and pushed.problem == str(error.value)


@pytest.mark.parametrize(
    ("errors", "why"),
    [
        (f"ERROR: Repository not found.\n{REFUSED}", "ERROR: Repository not found."),
        (REFUSED, "fatal: Could not read from remote repository."),
        (
            "remote: Permission denied (here)\nTo x\n ! [remote rejected] 1a -> main (protected)\nerror: failed",
            "[remote rejected] 1a -> main (protected)",
        ),
        (
            "fatal: mismatched algorithms: client sha1; server sha256",
            "it names its commits by SHA-256, beside which Git takes no SHA-1: ask for a repository in Git's usual "
            "format.",
        ),
        (
            "error: x\nfatal: aborting due to possible repository corruption on the remote side.",
            "the repository is damaged, since some of its objects are missing: ask for a fresh clone of it.",
        ),
        (
            "fatal: the remote end hung up unexpectedly",
            "the other side broke off before all was sent: the repository may be damaged, or its settings; try again, "
            "and then ask for a fresh clone of it.",
        ),
        ("remote: early EOF\nfatal: other", "fatal: other"),
        ("", "it ended with 128"),
    ],
)
def test_the_line_that_says_why_is_told_and_not_the_last_one(errors: str, why: str) -> None:
    assert why_git_failed(errors, 128) == why
