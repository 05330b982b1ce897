"""Reads untrusted Git repositories with the `git` program, without ever checking one out.

Each repository is mirrored, bare, into a folder of ours; trees and files are then read from the mirror as data.
So no hook, filter, submodule, attribute or link of a repository is ever acted upon, and Git's own advice for
untrusted repositories is followed: fetch from them, run nothing in them (git(1), SECURITY).
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.ledger import Commit

MAX_COMMITS = 500  # of the default branch that are fetched
MAX_PACK = 512 * 2**20  # bytes
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "safe.directory": "*",  # only for fetching from folders that others own
}


class GitError(Exception):
    """A repository could not be read; the message is one sentence for the instructor."""


@dataclass(frozen=True)
class Entry:
    """One thing in the tree of a commit.

    Attributes:
        kind: "file", "link" or "submodule".
        path: relative to the root of the tree.
        blob: hash of its content.
        size: bytes; 0 for a submodule.
    """

    kind: str
    path: str
    blob: str
    size: int


def fetch(address: str, mirror: Path, seconds: float = 120) -> str | None:
    """Bring the default branch of `address` into the bare repository `mirror`; its newest commit, or None.

    What was fetched before stays there, also when the branch was rewritten since.

    Args:
        address: an https or ssh address, or the path of a local repository.
        mirror: made at the first call.
        seconds: after which Git is stopped.

    Raises:
        GitError: the repository cannot be reached or read, or is too large or too slow.
    """
    local = not re.match(r"[A-Za-z0-9+.-]+://|[^/]+@[^/]+:", address)
    if address.startswith("-") or "::" in address:
        raise GitError(f"{address!r} is no address of a repository.")
    if local:
        address = _checked_folder(Path(address))
    _make(mirror)
    listed = _in(mirror, "ls-remote", "--", address, "HEAD", seconds=seconds, local=local).decode().split()
    if not listed:
        return None
    head = listed[0]
    reference = f"+HEAD:refs/seen/{head}"
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", f"--depth={MAX_COMMITS}")
    _in(mirror, "fetch", *options, "--", address, reference, seconds=seconds, local=local)
    return _in(mirror, "rev-parse", "--verify", f"refs/seen/{head}^{{commit}}").decode().strip()


def import_commit(mirror: Path, name: str, dated: int, files: Mapping[str, tuple[str, bytes]]) -> str:
    """Store files as a commit without parents, and return it; the same files and date give the same commit.

    Args:
        name: kept as refs/seen/NAME.
        dated: seconds since 1970.
        files: mode ("100644", or "120000" for a link) and content, by path.
    """
    _make(mirror)
    stream = [f"commit refs/seen/{name}\ncommitter Collector <> {dated} +0000\ndata 0\n".encode()]
    for path, (mode, data) in sorted(files.items()):
        quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        head = f'M {mode} inline "{quoted}"\ndata {len(data)}\n'.encode("utf-8", "replace")
        stream += [head, data, b"\n"]
    _in(mirror, "fast-import", "--quiet", "--force", given=b"".join(stream))
    return _in(mirror, "rev-parse", "--verify", f"refs/seen/{name}").decode().strip()


def history(mirror: Path, head: str) -> list[Commit]:
    """The commits of the branch that ends at `head`, along first parents, newest first."""
    lines = _in(mirror, "log", "--first-parent", "--format=%H %ct", head, "--").decode().splitlines()
    return [Commit(commit, int(dated)) for commit, dated in (line.split() for line in lines)]


def tree(mirror: Path, commit: str) -> tuple[list[Entry], int]:
    """Everything in the tree of a commit, sorted by path, and how many names could not be read as UTF-8."""
    entries, unreadable = [], 0
    for line in _in(mirror, "ls-tree", "-r", "-z", "--long", commit).split(b"\0")[:-1]:
        marks, _, name = line.partition(b"\t")
        mode, _, blob, size = marks.decode("ascii").split()
        try:
            path = name.decode("utf-8")
        except UnicodeDecodeError:
            unreadable += 1
            continue
        kind = {"120000": "link", "160000": "submodule"}.get(mode, "file")
        entries.append(Entry(kind, path, blob, int(size) if size != "-" else 0))
    return entries, unreadable


def content(mirror: Path, entry: Entry) -> bytes:
    """The bytes of a file, as they were committed; no filter is applied."""
    return _in(mirror, "cat-file", "blob", entry.blob)


def _checked_folder(folder: Path) -> str:
    """The address of a local repository that borrows nothing from other places on this machine."""
    for git in (folder / ".git", folder):
        if (git / "HEAD").is_file() or git.is_symlink() or (git.name == ".git" and git.is_file()):
            parts = [git, git / "objects", git / "refs", git / "HEAD", git / "objects/info/alternates"]
            if git.is_file() or any(part.is_symlink() for part in parts) or parts[-1].exists():
                raise GitError(f"{folder} takes its history from somewhere else on this machine, so it was not read.")
            if (git / "commondir").exists():
                raise GitError(f"{folder} is part of another repository, so it was not read.")
            return f"file://{git.resolve()}"
    raise GitError(f"{folder} is no Git repository.")


def _make(mirror: Path) -> None:
    if not mirror.exists():
        mirror.parent.mkdir(parents=True, exist_ok=True)
        _git("init", "--quiet", "--bare", "--template=", str(mirror))


def _in(mirror: Path, *arguments: str, seconds: float = 120, local: bool = False, given: bytes = b"") -> bytes:
    return _git("--git-dir", str(mirror), *arguments, seconds=seconds, local=local, given=given)


def _git(*arguments: str, seconds: float = 120, local: bool = False, given: bytes = b"") -> bytes:
    """Run `git` with nothing to ask and nobody to be asked; returns what it prints."""
    settings = _SETTINGS | ({"protocol.file.allow": "always"} if local else {})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=20",
        "LC_ALL": "C",
    }
    for number, (key, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    limited = ("sh", "-c", f'ulimit -f {MAX_PACK // 512}; exec git "$@"', "git", *arguments)
    process = subprocess.Popen(
        limited,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        printed, errors = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise GitError(f"Git did not end within {seconds:g} s.") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
        raise GitError(f"Git could not read it: {lines[-1] if lines else f'it ended with {process.returncode}'}")
    return printed
