"""Who handed in what: the table that resolves pseudonyms, which stays on the instructor's side.

Written at submission, read at gradebook and report in the flow course material -> submission -> trace -> verdict
-> gradebook -> report.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from autograder.config import Course
from autograder.errors import UsageError
from coursekit.whole_file import write_whole


@dataclass(frozen=True)
class Team:
    """What is known about one collected team.

    Attributes:
        pseudonym: name of its folder in `submitted/`.
        source: name of its repository in the list of sources.
        members: ids from `netid`, those that are on the roster.
        commit: full hash of the state that is graded; None where there is none.
        received: when that state arrived, aware, UTC.
        late: after the team's own deadline; zero where it was in time.
        accepted: whether the late policy accepts it.
        files: the required files that are there.
        remarks: what the instructor should look at, one sentence each.
        originals: under which path a required file was found, where it was not its own.
        unread: whether something arrived that could not be read, and nothing else.
        left_out: where the work may be that was not taken, if no notebook was: it is for a person.
        sent_by_one: whether one of the members handed it in; None where nothing certain is known of who did.
        replaced_by: pseudonym of the team that counts in its place, or None where this one counts.
    """

    pseudonym: str
    source: str
    members: tuple[str, ...] = ()
    commit: str | None = None
    received: datetime | None = None
    late: timedelta = timedelta(0)
    accepted: bool = True
    files: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    originals: Mapping[str, str] = field(default_factory=dict)
    unread: bool = False
    left_out: tuple[str, ...] = ()
    sent_by_one: bool | None = None
    replaced_by: str | None = None


def pseudonym(course: Course, assignment: str, source: str) -> str:
    """The same at each collection; without the course's secret nobody can tell whose it is."""
    digest = hmac.new(course.secret.encode(), f"{assignment}\n{source}".encode(), hashlib.sha256)
    return f"team-{digest.hexdigest()[:8]}"


def with_shared_members(teams: Iterable[Team]) -> list[Team]:
    """The teams, with a remark for each person who is in more than one."""
    teams = list(teams)
    sources: dict[str, list[str]] = {}
    for team in teams:
        for member in dict.fromkeys(team.members) if team.replaced_by is None else ():
            sources.setdefault(member, []).append(team.source)
    return [
        replace(
            team,
            remarks=team.remarks
            + tuple(
                f"{member} is also in {', '.join(other for other in sources[member] if other != team.source)}: "
                "decide which one counts."
                for member in team.members
                if team.replaced_by is None and len(sources[member]) > 1
            ),
        )
        for team in teams
    ]


def save_teams(course: Course, assignment: str, teams: Iterable[Team]) -> Path:
    """Write the table of the teams, all of it or nothing."""
    rows = [
        asdict(team)
        | {"received": team.received.isoformat() if team.received else None, "late": team.late.total_seconds()}
        for team in teams
    ]
    path = _path(course, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{json.dumps(rows, indent=1, ensure_ascii=False)}\n".encode())
    return path


def load_teams(course: Course, assignment: str) -> Mapping[str, Team]:
    """The teams of the last collection by pseudonym; empty where nothing was collected.

    Raises:
        UsageError: the table is damaged.
    """
    path = _path(course, assignment)
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        for row in rows:
            row["received"] = datetime.fromisoformat(row["received"]) if row["received"] else None
            row["late"] = timedelta(seconds=row["late"])
            row |= {name: tuple(row.get(name, ())) for name in ("members", "files", "remarks", "left_out")}
        return {row["pseudonym"]: Team(**row) for row in rows}
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{path} is damaged: run `autograder collect {assignment}` again.") from None


def _path(course: Course, assignment: str) -> Path:
    return course.state / "teams" / f"{assignment}.json"
