"""Chooses which of the states that arrived counts, by the team's deadline, and says how late it is.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Where the
zone of a time decides on lateness and nobody knows it, that is said, and not decided against the student.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autograder.collect.ledger import Receipt
from autograder.config import Assignment
from autograder.deadlines import show, show_late, team_deadline

_A_MOMENT = timedelta(seconds=1)
_NO_DATE = datetime.fromtimestamp(0, UTC)  # of work whose date is none
_LONG = timedelta(days=2)  # more than two zones are apart: the doubt is not about a zone


@dataclass(frozen=True)
class Choice:
    """The state that counts.

    Attributes:
        receipt: which it is.
        received: when it arrived; None where nothing says so.
        late: after the team's own deadline; zero where it was, or may have been, in time.
        remarks: what a person should know about it.
    """

    receipt: Receipt
    received: datetime | None
    late: timedelta
    remarks: tuple[str, ...]


def choose(
    found: Sequence[Receipt],
    assignment: Assignment,
    extensions: Mapping[str, datetime],
    members_of: Callable[[str], tuple[str, ...]],
    zone: str,
) -> Choice:
    """The state that counts: the last one that may still be accepted.

    Args:
        found: all states in the order in which they arrived, at least one.
        assignment: its deadline, its group size and what late work loses.
        extensions: deadlines by member.
        members_of: the members that a state names.
        zone: the time zone in which times are told.
    """
    due = assignment.due
    if due is None:
        return Choice(found[-1], _known(found[-1]), timedelta(0), ())
    in_time = _last(found, due, due)
    deadline, remarks = _deadline(found, due, assignment, extensions, members_of, in_time)
    chosen = _last(found, deadline + assignment.late.accepted_for, due) or found[0]
    late, doubts = _lateness(chosen, deadline, due, zone)
    if late and in_time and in_time != chosen:
        remarks.append(f"There is an earlier state that was in time: {in_time.commit[:10]}.")
    if chosen != found[-1]:
        remarks.append(f"Later commits are not graded; the last one is {found[-1].commit[:10]}.")
    return Choice(chosen, _known(chosen), late, (*doubts, *remarks))


def _deadline(
    found: Sequence[Receipt],
    due: datetime,
    assignment: Assignment,
    extensions: Mapping[str, datetime],
    members_of: Callable[[str], tuple[str, ...]],
    in_time: Receipt | None,
) -> tuple[datetime, list[str]]:
    """The deadline of the team, and remarks.

    An extension counts for those who are in the team at the common deadline and in the state that is graded: nobody
    can be added afterwards for the sake of it, or named only until then.
    """
    remarks: list[str] = []
    team = members_of((in_time or found[-1]).commit)
    if not team:
        team = members_of(found[-1].commit)
        late = [member for member in team if extensions.get(member, due) > due]
        if late:
            remarks.append("netid named nobody at the deadline; a later state decides on the extension: look at it.")
        if len(late) < len(team):  # one who has none may have waited for one who has
            team = ()
    extended = {member: extensions[member] for member in team if extensions.get(member, due) > due}
    if extended and len(team) > assignment.group_size:
        remarks.append(f"The extension of {', '.join(extended)} was not counted: the group is too large.")
        extended = {}
    while extended:
        deadline = team_deadline(due, extended, extended)
        chosen = _last(found, deadline + assignment.late.accepted_for, due) or found[0]
        graded = members_of(chosen.commit)
        borrowed = [member for member in extended if member not in graded]
        if len(graded) > assignment.group_size:
            borrowed = list(extended)
        if not borrowed:
            return deadline, remarks
        remarks.append(
            f"The extension of {', '.join(borrowed)} was not counted: the state that it would bring in names "
            f"{', '.join(graded) or 'nobody'}."
        )
        extended = {member: until for member, until in extended.items() if member not in borrowed}
    return due, remarks


def _known(receipt: Receipt) -> datetime | None:
    doubtful = receipt.received == _NO_DATE or receipt.received - receipt.earliest >= _LONG
    return None if doubtful else receipt.received


def _last(found: Sequence[Receipt], until: datetime, due: datetime) -> Receipt | None:
    """The last state that may have arrived at the moment `until`."""
    return next((receipt for receipt in reversed(found) if _may_be_in_time(receipt, until, due)), None)


def _may_be_in_time(receipt: Receipt, until: datetime, due: datetime) -> bool:
    if receipt.late is False and until >= due:
        return True
    if receipt.late is True and until <= due:
        return False
    return receipt.earliest <= until


def _lateness(chosen: Receipt, deadline: datetime, due: datetime, zone: str) -> tuple[timedelta, list[str]]:
    """How late a state is at least, and remarks on what is not known about it."""
    dated = show(chosen.received, zone)
    doubt = chosen.received - chosen.earliest
    if chosen.received == _NO_DATE and chosen.late is None:
        return timedelta(0), ["It has no date that can be read: it counts as in time; decide."]
    if _may_be_in_time(chosen, deadline, due):
        if chosen.received <= deadline:
            return timedelta(0), []
        if chosen.late is False:
            known = f"It is dated {dated}, after the deadline, but is not marked as late: it counts as in time."
            return timedelta(0), [known] if doubt < _LONG else []
        why = (
            "in a file that names no time zone, and would be in time if written further east"
            if doubt < _LONG
            else "on this computer, and nothing says when it was handed in"
        )
        return timedelta(0), [f"It is dated {dated} {why}: it counts as in time; decide."]
    late = max(chosen.earliest - deadline, _A_MOMENT)
    if chosen.late and doubt > timedelta(0):
        return late, ["It is marked as late, but nothing says by how much: decide."]
    if doubt > timedelta(0):
        most = show_late(chosen.received - deadline)
        return late, [f"It is dated {dated} in a file that names no time zone: late by up to {most}, the least counts."]
    return late, []
