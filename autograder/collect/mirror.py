"""Reads trees and files as data from the mirrors that `git.py` and `unpack.py` fill, within bounds.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. A tree may
have a million names, and twenty of them may be one file of 32 MiB: names are counted before they are kept, and the
content of a file goes from Git to the disk without being held.
"""

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.git import GitError, in_mirror, make_mirror
from autograder.collect.kinds import IGNORED
from autograder.collect.ledger import LAST_MOMENT, Commit

MAX_ENTRIES = 5000  # names of a tree that are looked at, those near the top first
MAX_FOLDERS = 300


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


@dataclass(frozen=True)
class Tree:
    """What is in the tree of a commit.

    Attributes:
        entries: those at the top first.
        unreadable: how many names are no UTF-8.
        cut: whether there is more than is read.
        passed_over: folders of tools, which hold copies and no work of their own.
    """

    entries: tuple[Entry, ...]
    unreadable: int = 0
    cut: bool = False
    passed_over: tuple[str, ...] = ()


def history(mirror: Path, head: str) -> list[Commit]:
    """The commits of the branch that ends at `head`, along first parents, newest first.

    A date that is none, which Git passes on as it stands in a forged commit, is 0.
    """
    lines = in_mirror(mirror, "log", "--first-parent", "--format=%H %ct", head, "--").decode("ascii", "replace")
    parts = (line.partition(" ") for line in lines.splitlines())
    return [Commit(commit, _seconds(dated)) for commit, _, dated in parts]


def _seconds(dated: str) -> int:
    """What stands in a commit as its date, as a moment that can be computed with."""
    return min(int(dated), LAST_MOMENT) if re.fullmatch(r"[0-9]{1,40}", dated) else 0


def read_tree(mirror: Path, commit: str, first: Iterable[str] = ()) -> Tree:
    """What is in the tree of a commit, folder by folder, those at the top first; caches of tools are passed over.

    Args:
        first: names at the top that are found however many others there are.
    """
    entries: dict[str, Entry] = {}
    folders: deque[tuple[str, str]] = deque([("", commit)])
    unreadable, cut, read = 0, False, 0
    passed_over: dict[str, None] = {}
    wanted = tuple(first)
    while folders:
        prefix, tree = folders.popleft()
        read += 1
        if read > MAX_FOLDERS or len(entries) >= MAX_ENTRIES:
            cut = True
            break
        for arguments in ([(tree, *wanted)] if wanted and not prefix else []) + [(tree,)]:
            printed = in_mirror(mirror, "ls-tree", "-z", "--long", *arguments, cut=True)
            *lines, rest = printed.split(b"\0")
            cut = cut or bool(rest)
            for kind, path, blob, size in _parse(lines, prefix):
                if path is None:
                    unreadable += 1
                elif kind == "tools":
                    passed_over[path] = None
                elif kind == "folder":
                    folders.append((f"{path}/", blob))
                elif len(entries) < MAX_ENTRIES:
                    entries.setdefault(path, Entry(kind, path, blob, size))
                else:
                    cut = True
    return Tree(tuple(entries.values()), unreadable, cut, tuple(passed_over))


def _parse(lines: Iterable[bytes], prefix: str) -> Iterator[tuple[str, str | None, str, int]]:
    """Kind, path, hash and size of what `ls-tree` prints; no path where the name is no UTF-8."""
    for line in lines:
        marks, _, name = line.partition(b"\t")
        mode, _, blob, size = marks.decode("ascii").split()
        kind = {"120000": "link", "160000": "submodule", "040000": "folder"}.get(mode, "file")
        try:
            path = prefix + name.decode("utf-8")
        except UnicodeDecodeError:
            yield kind, None, blob, 0
            continue
        if kind == "folder" and name.decode("utf-8").casefold() in IGNORED:
            kind = "tools"
        yield kind, path, blob, int(size) if size != "-" else 0


def content(mirror: Path, entry: Entry, most: int) -> bytes:
    """The bytes of a file of at most `most` bytes, as they were committed; no filter is applied."""
    return in_mirror(mirror, "cat-file", "blob", entry.blob, most=most)


def store(mirror: Path, entry: Entry, path: Path) -> None:
    """Write the bytes of a file to `path`, which must not be there."""
    in_mirror(mirror, "cat-file", "blob", entry.blob, into=path)


def is_content(path: Path, entry: Entry) -> bool:
    """Whether the file at `path` holds just these bytes."""
    if path.stat().st_size != entry.size:
        return False
    digest = hashlib.sha1(b"blob %d\0" % entry.size, usedforsecurity=False)  # as Git names a file
    with path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest() == entry.blob


def is_ancestor(mirror: Path, older: str, newer: str) -> bool:
    """Whether the history of `newer` holds `older`, as far as it was fetched."""
    return in_mirror(mirror, "rev-list", "--max-count=1", older, f"^{newer}", "--").strip() == b""


def import_commit(mirror: Path, name: str, dated: int, files: Mapping[str, tuple[str, bytes]]) -> str:
    """Store files as a commit without parents, and return it; the same files and date give the same commit.

    Args:
        name: kept as refs/seen/NAME.
        dated: seconds since 1970.
        files: mode ("100644", or "120000" for a link) and content, by path.
    """
    make_mirror(mirror)

    def stream() -> Iterator[bytes]:
        yield f"commit refs/seen/{name}\ncommitter Collector <> {dated} +0000\ndata 0\n".encode()
        for path, (mode, data) in sorted(files.items()):
            quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            yield f'M {mode} inline "{quoted}"\ndata {len(data)}\n'.encode("utf-8", "replace")
            yield data
            yield b"\n"

    in_mirror(mirror, "fast-import", "--quiet", "--force", given=stream())
    found = in_mirror(mirror, "rev-parse", "--verify", f"refs/seen/{name}").decode().strip()
    if not found:
        raise GitError("It could not be stored.")
    return found
