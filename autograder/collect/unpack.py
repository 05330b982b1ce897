"""Takes what was uploaded without Git into the same kind of mirror as a repository, in a process with limits.

Each attempt becomes one commit. From there on, nothing differs from work that arrives by Git.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.collect.archives import Contents, Reader
from autograder.collect.disk import Refused
from autograder.collect.git import GitError
from autograder.collect.kinds import archive_kind
from autograder.collect.limited import Limits, run_limited
from autograder.collect.mirror import import_commit

MAX_TOTAL = 128 * 2**20  # bytes of one submission: its notebook, and all other files that grading reads
MEMORY = 512 * 2**20  # bytes of address space: all that, the file that is read, and Python
_LIMITS = Limits(seconds=60, memory=MEMORY, file=2 * MAX_TOTAL, printed=2**20)


@dataclass(frozen=True)
class Part:
    """One file or folder of an attempt.

    Attributes:
        path: where it lies.
        name: what it was called before a learning management system named it; of a folder, the content counts.
    """

    path: Path
    name: str


@dataclass(frozen=True)
class Unpacked:
    """What became of one attempt.

    Attributes:
        commit: where its files are in the mirror.
        dated: seconds since 1970, of the newest file; in the course's time zone where it tells none.
        early: seconds by which it may be older than that, since nobody knows the zone, or the time.
        remarks: what was left out.
    """

    commit: str
    dated: int
    early: int
    remarks: tuple[str, ...]


def unpack(parts: Sequence[Part], mirror: Path, zone: str, largest: int) -> Unpacked:
    """Store the files of one attempt as a commit in `mirror`.

    Args:
        parts: files, archives and folders; a later one replaces files of an earlier one.
        mirror: made if it is not there.
        zone: the time zone in which times without a zone are read.
        largest: bytes of the largest file that is kept whole.

    Raises:
        GitError: they cannot be read, are too large, or have names that lead outside.
    """
    request = {
        "parts": [[str(part.path.absolute()), part.name] for part in parts],
        "mirror": str(mirror.absolute()),
        "zone": zone,
        "largest": largest,
    }
    command = [sys.executable, "-m", "autograder.collect.unpack"]
    done = run_limited(command, _LIMITS, [json.dumps(request).encode()])
    names = ", ".join(part.path.name for part in parts)
    try:
        answer = json.loads(done.printed)
    except ValueError:
        raise GitError(f"{names} could not be read within the limits of time and memory.") from None
    if "refused" in answer:
        raise GitError(answer["refused"])
    return Unpacked(answer["commit"], answer["dated"], answer["early"], tuple(answer["remarks"]))


def _main() -> None:
    request = json.load(sys.stdin)
    parts = [Part(Path(path), name) for path, name in request["parts"]]
    try:
        contents = _read(parts, Reader(request["zone"], MAX_TOTAL, request["largest"]))
        digest = hashlib.sha256(json.dumps([contents.dated if contents.known else 0]).encode())
        for path, (mode, data) in sorted(contents.files.items()):
            digest.update(f"{mode} {len(data)} {path}\0".encode("utf-8", "replace") + data)
        dated = contents.dated if contents.known else 0  # the time of a download would make another commit each time
        commit = import_commit(Path(request["mirror"]), digest.hexdigest(), dated, contents.files)
    except (Refused, GitError) as error:
        json.dump({"refused": str(error)}, sys.stdout)
    except MemoryError:
        json.dump({"refused": f"{parts[0].path.name} needs more memory than {MEMORY // 2**20} MiB."}, sys.stdout)
    else:
        early = contents.dated - contents.earliest
        json.dump(asdict(Unpacked(commit, contents.dated, early, tuple(contents.remarks[:10]))), sys.stdout)


def _read(parts: Sequence[Part], reader: Reader) -> Contents:
    whole = Contents(known=True)
    for part in parts:
        read = reader.read(part.path, part.name)
        if len(parts) > 1 and archive_kind(part.name):
            read.files = _without_top(read.files)
        whole.files |= read.files
        whole.remarks += read.remarks
        whole.dated = max(whole.dated, read.dated)
        whole.earliest = max(whole.earliest, read.earliest)
        whole.known = whole.known and read.known
    return whole


def _without_top(files: dict[str, tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
    """The files without the one folder that holds them all."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        return {path.partition("/")[2]: content for path, content in files.items()}
    return files


if __name__ == "__main__":
    _main()
