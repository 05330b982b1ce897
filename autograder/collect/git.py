"""Brings untrusted Git repositories here with the `git` program, without ever checking one out.

Each repository is mirrored, bare, into a folder of ours; `mirror.py` then reads trees and files from it as data. So no
hook, filter, submodule, attribute or link of a repository is ever acted upon, and Git's own advice for untrusted
repositories is followed: fetch from them, run nothing in them (git(1), SECURITY). Each `git` has limits on time,
memory, and the size of what it stores and prints; a pack that needs more to be unpacked is refused.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.git_failure import why_git_failed
from autograder.collect.git_folder import own_folder
from autograder.collect.limited import Done, Limits, run_limited

ASK_SECONDS = 45.0  # for an answer of some kilobytes; a server that says nothing holds a collection up for that long
MAX_COMMITS = 500  # of a branch that are fetched
MAX_PACK = 512 * 2**20  # bytes
MEMORY = 512 * 2**20  # bytes of address space; the largest file that is graded takes Git less than a third of it
MAX_PRINTED = 2**20  # bytes: 500 commits are 30 KB, and 5,000 short names of files 500 KB
MAX_BRANCHES = 50
FEEDBACK_BRANCH = "autograder-feedback"  # holds what we gave back, and no work
_LARGE = "32m"  # files from here on go from pack to pack without being held in memory
_IN_LITTLE_MEMORY = {
    "core.bigFileThreshold": _LARGE,
    "core.packedGitWindowSize": "16m",
    "core.packedGitLimit": "64m",
    "core.deltaBaseCacheLimit": "32m",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
}
_WHERE_WE_PUSH = {
    "core.hooksPath": os.devnull,
    "core.alternateRefsCommand": "",
    "core.fsmonitor": "false",
    "receive.autogc": "false",
    "receive.denyCurrentBranch": "refuse",  # updateInstead checks it out, with its filters
}
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # one pack, whose size is limited, and not many files
    "gc.auto": "0",
    "log.showSignature": "false",  # its lines would stand between the commits
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "safe.directory": "*",  # only for fetching from folders that others own
    **_IN_LITTLE_MEMORY,
}


class GitError(Exception):
    """Work could not be read; the message is one sentence for the instructor."""


@dataclass(frozen=True)
class Branches:
    """What a repository says about its branches.

    Attributes:
        head: the newest commit of HEAD, or None where HEAD names a branch that is not there.
        name: the branch that HEAD names, or None where HEAD names a commit, or a branch that is not there.
        tips: the newest commit of each branch by name, at most MAX_BRANCHES.
        more: whether there are more branches.
    """

    head: str | None
    name: str | None
    tips: dict[str, str]
    more: bool = False


def list_branches(address: str, seconds: float = ASK_SECONDS) -> Branches:
    """The branches with work of the repository at `address`; those that a clone knows of its origin are among them.

    Raises:
        GitError: the repository cannot be reached or read.
    """
    address, local = _checked(address)
    patterns = ("HEAD", "refs/heads/*", "refs/remotes/origin/*")
    done = _run(("ls-remote", "--symref", *_remote(local), "--", address, *patterns), seconds, local)
    head = name = None
    tips: dict[str, str] = {}
    lines = done.printed.decode("utf-8", "replace").splitlines()
    for line in lines[:-1] if done.cut else lines:
        what, _, reference = line.partition("\t")
        if reference == "HEAD" and what.startswith("ref: "):
            name = what.removeprefix("ref: ").removeprefix("refs/heads/")
        elif reference == "HEAD":
            head = what
        else:
            short = re.sub(r"^refs/(?:heads/|remotes/(?=origin/))", "", reference)
            if short.removeprefix("origin/") not in ("HEAD", FEEDBACK_BRANCH):
                tips.setdefault(short, what)
    own = {tip for short, tip in tips.items() if not short.startswith("origin/")}
    tips = {short: tip for short, tip in tips.items() if not short.startswith("origin/") or tip not in own}
    few = dict(list(tips.items())[:MAX_BRANCHES])
    return Branches(head, name if head else None, few, done.cut or len(few) < len(tips))


def fetch(
    address: str, mirror: Path, references: Iterable[str] = ("HEAD",), seconds: float = 120, depth: int = MAX_COMMITS
) -> None:
    """Bring what is named into the bare repository `mirror`; what was fetched before stays there.

    Args:
        address: an https or ssh address, or the path of a local repository.
        mirror: made at the first call.
        references: HEAD, or whole names such as refs/heads/main; each is kept as refs/seen/COMMIT of its own.
        seconds: after which Git is stopped.
        depth: how many commits back.

    Raises:
        GitError: the repository cannot be reached or read, or is too large or too slow.
    """
    address, local = _checked(address)
    make_mirror(mirror)
    names = [f"+{reference}:refs/fetched/{number}" for number, reference in enumerate(references)]
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", f"--depth={depth}", *_remote(local))
    in_mirror(mirror, "fetch", *options, "--", address, *names, seconds=seconds, local=local)
    for name in names:
        fetched = name.partition(":")[2]
        commit = in_mirror(mirror, "rev-parse", "--verify", f"{fetched}^{{commit}}").decode().strip()
        in_mirror(mirror, "update-ref", f"refs/seen/{commit}", commit)


def find_tip(address: str, branch: str, seconds: float = ASK_SECONDS) -> str | None:
    """The newest commit of a branch of the repository at `address`, or None where there is no such branch.

    Raises:
        GitError: the repository cannot be reached or read.
    """
    address, local = _checked(address)
    reference = f"refs/heads/{branch}"
    done = _run(("ls-remote", *_remote(local), "--", address, reference), seconds, local)
    printed = done.printed.decode("utf-8", "replace")
    lines = [line.split("\t") for line in printed.split("\n")]
    return next((commit for commit, *named in lines if named == [reference]), None)


def push(address: str, mirror: Path, commit: str, branch: str, seconds: float = 120) -> None:
    """Make a commit of `mirror` the newest of a branch of the repository at `address`, if it follows what is there.

    Raises:
        GitError: the repository cannot be reached, or refuses it.
    """
    address, local = _checked(address)
    # In a repository of this machine nothing that its owner has put there is run, and none of its files is written.
    settings = " ".join(f"-c {key}={value}" for key, value in _WHERE_WE_PUSH.items())
    there = f"git {settings} receive-pack"
    options = (f"--receive-pack={there}",) if local else ()
    named = f"{commit}:refs/heads/{branch}"
    in_mirror(mirror, "push", "--quiet", *options, "--", address, named, seconds=seconds, local=local)


def make_mirror(mirror: Path) -> None:
    """Make the bare repository `mirror`, unless it is there."""
    if not mirror.exists():
        mirror.parent.mkdir(parents=True, exist_ok=True)
        _run(("init", "--quiet", "--bare", "--template=", str(mirror)), 120)


def in_mirror(
    mirror: Path,
    *arguments: str,
    seconds: float = 120,
    local: bool = False,
    given: Iterable[bytes] = (),
    into: Path | None = None,
    most: int = MAX_PRINTED,
    cut: bool = False,
) -> bytes:
    """What `git` prints, which is run in `mirror`.

    Args:
        given: its standard input.
        into: a new file for what it prints.
        most: bytes that it may print.
        cut: whether to return the beginning of what is longer, and not to refuse it.

    Raises:
        GitError: it failed, or needs more than its limits.
    """
    return _run(("--git-dir", str(mirror), *arguments), seconds, local, given, into, most, cut).printed


def _checked(address: str) -> tuple[str, bool]:
    """The address as Git takes it, and whether it is of this machine."""
    if address.startswith("-") or "::" in address:
        raise GitError(f"{address!r} is no address of a repository.")
    if re.match(r"[A-Za-z0-9+.-]+://|[^/]+@[^/]+:", address):
        return address, False
    try:
        return f"file://{own_folder(Path(address))}", True
    except ValueError as error:
        raise GitError(str(error)) from None


def _remote(local: bool) -> tuple[str, ...]:
    """How the other end of a connection to this machine itself keeps to its memory; it takes no settings from ours."""
    settings = _IN_LITTLE_MEMORY | {"safe.directory": "*"}
    words = " ".join(f"-c {key}={value}" for key, value in settings.items())
    return (f"--upload-pack=git {words} upload-pack",) if local else ()


def _run(
    arguments: tuple[str, ...],
    seconds: float,
    local: bool = False,
    given: Iterable[bytes] = (),
    into: Path | None = None,
    most: int = MAX_PRINTED,
    cut: bool = True,
) -> Done:
    """Run `git` with nothing to ask and nobody to be asked."""
    settings = _SETTINGS | ({"protocol.file.allow": "always"} if local else {})
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "file" if local else "https:ssh",  # also for what the other end might want to fetch
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_SSH_COMMAND": f"{os.environ.get('GIT_SSH_COMMAND') or 'ssh'} -oBatchMode=yes -oConnectTimeout=20",
        "LC_ALL": "C",
    }
    for number, (key, value) in enumerate(settings.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    limits = Limits(seconds, MEMORY, MAX_PACK, most)
    done = run_limited(("git", *arguments), limits, given, environment, into)
    if done.late:
        raise GitError(f"Git did not end within {seconds:g} s.")
    if done.cut and not cut:
        raise GitError("Git could not read it: it holds more than is read.")
    if done.status and not done.cut:
        if "out of memory" in done.errors.lower() or "mmap failed" in done.errors:
            raise GitError(f"Git could not read it within {MEMORY // 2**20} MiB of memory: it holds something huge.")
        what = "write to" if "push" in arguments else "read"
        raise GitError(f"Git could not {what} it: {why_git_failed(done.errors, done.status)}")
    return done
