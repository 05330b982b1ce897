"""What was seen at each collection, and from that, which state of a repository was in time.

The ledger is a file of JSON lines that is only ever appended to. A commit arrived after the last collection that
did not see it and before the first one that did. Its own date, which its author can set at will, is believed only
within that interval: so the more often one collects, the less a forged date is worth, and a collection right
after the deadline leaves it nothing.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UsageError


@dataclass(frozen=True)
class Commit:
    """One commit of the default branch.

    Attributes:
        id: its full hash.
        dated: seconds since 1970 (UTC): the committer's date, as claimed.
    """

    id: str
    dated: int


@dataclass(frozen=True)
class Observation:
    """What one collection saw of one repository.

    Attributes:
        source: name of the repository in the list of sources.
        at: seconds since 1970 (UTC) when it was fetched.
        new: the commits that were seen for the first time, newest first.
        head: hash of the branch's newest commit; None in an empty repository.
    """

    source: str
    at: int
    new: tuple[Commit, ...]
    head: str | None


@dataclass(frozen=True)
class Receipt:
    """A commit and when it arrived.

    Attributes:
        commit: its full hash.
        received: the commit's date, moved into the interval in which it must have arrived; UTC.
        contradicted: whether its date lies outside of that interval.
    """

    commit: str
    received: datetime
    contradicted: bool


def append(path: Path, observation: Observation) -> None:
    """Add one observation to the ledger, on disk before this returns.

    A line that an interrupted writer left unfinished is closed first; reading leaves it out.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(observation), sort_keys=True) + "\n"
    with path.open("a+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = "\n" + line
        file.write(line.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def load(path: Path) -> dict[str, list[Observation]]:
    """The observations of each source, oldest first.

    Raises:
        UsageError: a line within the file is no observation (an unfinished one was never an observation).
    """
    if not path.exists():
        return {}
    found: dict[str, list[Observation]] = {}
    for number, line in enumerate(path.read_text(encoding="ascii", errors="replace").split("\n"), start=1):
        try:
            data = json.loads(line)
        except ValueError:
            continue  # empty, or cut off while it was written
        try:
            new = tuple(Commit(str(commit["id"]), int(commit["dated"])) for commit in data["new"])
            seen = Observation(str(data["source"]), int(data["at"]), new, data["head"])
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"{path}, line {number}: this is no entry of the ledger; restore the file.") from None
        found.setdefault(seen.source, []).append(seen)
    return {source: sorted(seen, key=lambda observation: observation.at) for source, seen in found.items()}


def receipts(observations: Sequence[Observation]) -> list[Receipt]:
    """All commits of one source in the order in which they arrived.

    Within one collection a parent never arrives after its child: a child's date counts if its parent's is later.
    """
    found: list[Receipt] = []
    earliest: int | None = None  # the last collection that did not see the commits at hand
    for seen in observations:
        floor = earliest
        arrived = []
        for commit in reversed(seen.new):
            moment = min(max(commit.dated, floor if floor is not None else commit.dated), seen.at)
            arrived.append(Receipt(commit.id, datetime.fromtimestamp(moment, UTC), moment != commit.dated))
            floor = moment
        found += arrived
        earliest = seen.at
    return found


def last_received(found: Sequence[Receipt], until: datetime) -> Receipt | None:
    """The last of these commits that had arrived at the moment `until`."""
    return next((receipt for receipt in reversed(found) if receipt.received <= until), None)
