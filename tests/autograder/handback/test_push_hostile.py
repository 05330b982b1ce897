"""Pushing to a repository on this machine runs nothing that its owner has set up there."""

from pathlib import Path

import pytest

from autograder.collect.git import FEEDBACK_BRANCH
from autograder.handback.choose import Feedback
from autograder.handback.push import push_feedback
from tests.autograder.collect.classes import commit
from tests.autograder.collect.repositories import git

FEEDBACK = Feedback("team-1", "team-1", (), "Homework 2", {"hw2.html": b"new"}, "")
COMMANDS = (
    "core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand", "core.editor", "core.pager", "gpg.program",
    "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.external", "uploadpack.packObjectsHook",
)  # fmt: skip


@pytest.mark.parametrize("deny", ["updateInstead", "warn", "ignore"])
@pytest.mark.parametrize("branch", [FEEDBACK_BRANCH, "main"])
def test_no_command_of_a_repository_is_run_and_no_file_of_it_written(tmp_path: Path, branch: str, deny: str) -> None:
    folder, trap = tmp_path / "one", tmp_path / "trap"
    (folder / "hw2").mkdir(parents=True)
    git(folder, "init", "-q", "-b", FEEDBACK_BRANCH)
    (folder / "hw2" / "hw2.html").write_text("old")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "old")
    if branch != FEEDBACK_BRANCH:
        git(folder, "checkout", "-q", "-b", branch)
    trap.mkdir()
    settings = {name: f"touch {trap}/{name}" for name in COMMANDS}
    settings |= {
        "receive.denyCurrentBranch": deny,
        "receive.autogc": "true",
        "core.hooksPath": str(tmp_path / "hooks"),
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::sh -c touch% {trap}/lazy",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        git(folder, "config", name, value)
    (tmp_path / "hooks").mkdir()
    for name in ("pre-receive", "update", "proc-receive", "push-to-checkout", "post-update", "reference-transaction"):
        (tmp_path / "hooks" / name).write_text(f"#!/bin/sh\ntouch {trap}/{name}\n")
        (tmp_path / "hooks" / name).chmod(0o755)
    pushed = push_feedback(FEEDBACK, "hw2", str(folder), now=1_700_000_000)
    assert [path.name for path in trap.iterdir()] == []
    assert (folder / "hw2" / "hw2.html").read_text() == "old"
    assert pushed.new is (branch != FEEDBACK_BRANCH), pushed.problem
    assert ("checked out" in pushed.problem) is (branch == FEEDBACK_BRANCH)


def test_branches_of_any_name_stop_no_push(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    commit(folder, {"netid": "ada1\n"})
    head = git(folder, "rev-parse", "HEAD").strip()
    names = [
        b"refs/heads/\xff/refs/heads/autograder-feedback",
        b"refs/heads/\xe2\x80\xa8/refs/heads/autograder-feedback",
    ]
    lines = b"".join(b"%s %s\n" % (head.encode(), name) for name in sorted(names))
    (folder / ".git" / "packed-refs").write_bytes(b"# pack-refs with: peeled fully-peeled sorted \n" + lines)
    pushed = push_feedback(FEEDBACK, "hw2", str(folder), now=1_700_000_000)
    assert (pushed.new, pushed.problem) == (True, "")
