"""Chooses the branch of a repository that counts, and names newer work that is on another one.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The default
branch counts, or the only one. The others are fetched as well, so that nothing that was pushed is lost.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.collect import git, mirror
from autograder.collect.git import Branches, GitError
from autograder.deadlines import show
from autograder.shown.printable import printable
from coursekit.handin.names import look_for

_USUAL = ("main", "master")


@dataclass(frozen=True)
class Brought:
    """What was fetched.

    Attributes:
        head: the newest commit of the branch that counts; None in an empty repository.
        remarks: what a person should know about the branches.
    """

    head: str | None
    remarks: tuple[str, ...] = ()


def bring(address: str, into: Path, notebook: str, zone: str, seconds: float = 120) -> Brought:
    """Fetch a repository into the mirror `into`, and choose the branch that counts.

    Args:
        address: an https or ssh address, or the path of a local repository.
        into: the mirror.
        notebook: the file by which a branch with the homework is known.
        zone: the time zone in which dates are told.
        seconds: after which Git is stopped.

    Raises:
        GitError: the repository cannot be reached or read, or is too large or too slow.
    """
    listed = git.list_branches(address, min(seconds, git.ASK_SECONDS))
    if listed.head is None and not listed.tips:
        return Brought(None)
    remarks = []
    if listed.head is not None:
        try:
            git.fetch(address, into, ("HEAD",), seconds)
        except GitError as error:  # of something that was committed once and is gone by now, perhaps
            git.fetch(address, into, ("HEAD",), seconds, depth=1)
            remarks.append(f"Only the newest state was read, and none of those before it: {error}")
    others = {name: tip for name, tip in listed.tips.items() if tip != listed.head}
    fetched = {}
    if others:
        try:
            git.fetch(address, into, [_reference(name) for name in others], seconds)
            fetched = others
        except GitError as error:
            if listed.head is None:
                raise
            remarks.append(f"Other branches were not looked at ({_names(others)}): {error}")
    if listed.more:
        remarks.append(f"There are more than {len(listed.tips)} branches; those beyond were not looked at.")
    head, told = _choose(into, listed, fetched, notebook)
    counts = mirror.history(into, head)[0].dated
    for name, tip in fetched.items():
        other = mirror.history(into, tip)[0]
        if tip != head and other.dated > counts and not mirror.is_ancestor(into, tip, head):
            when = show(datetime.fromtimestamp(other.dated, UTC), zone)
            remarks.append(
                f"The branch “{printable(name)}” has newer work, of {when}, which does not count: "
                "if it is meant, it is to be merged into the default branch."
            )
    return Brought(head, (*told, *remarks))


@dataclass(frozen=True)
class _State:
    dated: int
    has_notebook: bool


def _choose(into: Path, listed: Branches, fetched: dict[str, str], notebook: str) -> tuple[str, list[str]]:
    """The commit that counts, and remarks."""
    if listed.head is None:
        if len(fetched) == 1:
            ((name, tip),) = fetched.items()
            return tip, [f"HEAD names no branch that is there; the only branch, “{printable(name)}”, was taken."]
        states = {name: _read(into, tip, notebook) for name, tip in fetched.items()}
        with_it = [name for name, state in states.items() if state.has_notebook] or list(states)
        chosen = next((name for name in _USUAL if name in with_it), max(with_it, key=lambda name: states[name].dated))
        told = f"HEAD names no branch that is there; “{printable(chosen)}” was taken, of {_names(fetched)}: decide."
        return fetched[chosen], [told]
    if listed.name is None:
        ahead = [n for n, tip in fetched.items() if mirror.is_ancestor(into, listed.head, tip)]
        if len(ahead) == 1:
            return fetched[ahead[0]], [f"HEAD is an older commit of “{printable(ahead[0])}”; that branch was taken."]
        if listed.head not in listed.tips.values():
            return listed.head, [f"HEAD names no branch; its commit {listed.head[:10]} was taken."]
        return listed.head, []
    if not _read(into, listed.head, notebook).has_notebook:
        with_it = [name for name, tip in fetched.items() if _read(into, tip, notebook).has_notebook]
        if len(with_it) == 1:
            told = (
                f"The default branch “{printable(listed.name)}” has no {notebook}; the branch "
                f"“{printable(with_it[0])}” has it, and was taken."
            )
            return fetched[with_it[0]], [told]
        if with_it:
            return listed.head, [
                f"The default branch “{printable(listed.name)}” has no {notebook}; these branches have it: "
                f"{_names(with_it)}."
            ]
    return listed.head, []


def _read(into: Path, commit: str, notebook: str) -> _State:
    dated = mirror.history(into, commit)[0].dated
    paths = [entry.path for entry in mirror.read_tree(into, commit, (notebook,)).entries if entry.kind == "file"]
    return _State(dated, bool(look_for(notebook, paths)))


def _reference(name: str) -> str:
    return f"refs/remotes/{name}" if name.startswith("origin/") else f"refs/heads/{name}"


def _names(branches: dict[str, str] | list[str]) -> str:
    names = [f"“{printable(name)}”" for name in branches]
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
