"""What was seen at each collection, and from that, which state of a repository was in time.

The ledger is a file of JSON lines that is only ever appended to. A commit arrived after the last collection that
did not see it and before the first one that did. Its own date, which its author can set at will, is believed only
within that interval: so the more often one collects, the less a forged date is worth, and a collection right
after the deadline leaves it nothing.
"""

import itertools
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import UsageError

LAST_MOMENT = 253_370_764_800  # the first second of the year 9999, with which calendars end: no date is later


@dataclass(frozen=True)
class Commit:
    """One commit of the default branch.

    Attributes:
        id: its full hash.
        dated: seconds since 1970 (UTC): the committer's date, as claimed; or when a learning management system says
            that it was received.
        early: seconds by which it may be older than that, where the zone of its date is not known, or no date at all.
        by_lms: whether a learning management system says when it was received.
        late: whether a learning management system has marked it as late; None where it marks nothing.
    """

    id: str
    dated: int
    early: int = 0
    by_lms: bool = False
    late: bool | None = None


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
        earliest: when it may have arrived at the earliest, by all that is known; UTC.
        late: what a learning management system has marked.
    """

    commit: str
    received: datetime
    contradicted: bool
    earliest: datetime
    late: bool | None = None


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
    """The observations of each source, in the order in which they were made, which is that of the file.

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
            new = tuple(_commit(commit) for commit in data["new"])
            seen = Observation(str(data["source"]), int(data["at"]), new, data["head"])
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"{path}, line {number}: this is no entry of the ledger; restore the file.") from None
        found.setdefault(seen.source, []).append(seen)
    return found


def receipts(observations: Sequence[Observation]) -> list[Receipt]:
    """All commits of one source in the order in which they arrived.

    Within one collection a parent never arrives after its child: a child's date counts if its parent's is later. A
    collection that is dated after a later one was made with a clock that is wrong, and proves nothing against anybody.
    """
    found: list[Receipt] = []
    for index, seen in enumerate(observations):
        floor = _last_that_did_not_see(observations, index)
        ceiling = max(earlier.at for earlier in observations[: index + 1])
        chain = floor
        for commit in reversed(seen.new):
            if commit.by_lms:
                moment = least = commit.dated
            else:
                moment = min(max(commit.dated, chain if chain is not None else commit.dated), ceiling)
                least = min(max(commit.dated - commit.early, floor if floor is not None else 0), moment)
                chain = moment
            contradicted = moment != commit.dated and not commit.dated - commit.early <= moment <= commit.dated
            received, earliest = (datetime.fromtimestamp(seconds, UTC) for seconds in (moment, least))
            found.append(Receipt(commit.id, received, contradicted, min(earliest, received), commit.late))
    return found


def _last_that_did_not_see(observations: Sequence[Observation], index: int) -> int | None:
    """When the collection before was made, or the last before that whose clock can be believed."""
    ats = [observation.at for observation in observations]
    return max((at for number, at in enumerate(ats[:index]) if at <= min(ats[number:])), default=None)


def clock_set_back(observations: Sequence[Observation]) -> bool:
    """Whether the clock of this computer was set back between two collections."""
    return any(later.at < earlier.at for earlier, later in itertools.pairwise(observations))


def _commit(data: dict[str, Any]) -> Commit:
    late = data.get("late")
    return Commit(
        str(data["id"]),
        int(data["dated"]),
        int(data.get("early", 0)),
        bool(data.get("by_lms", False)),
        None if late is None else bool(late),
    )


def last_received(found: Sequence[Receipt], until: datetime) -> Receipt | None:
    """The last of these commits that had arrived at the moment `until`."""
    return next((receipt for receipt in reversed(found) if receipt.received <= until), None)
