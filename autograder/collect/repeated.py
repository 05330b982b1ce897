"""Settles which upload counts where the same people handed in several: the last one before the deadline.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. It happens
where both of a group upload their work, or one person sends it in two ways. Repositories are left as they are: a team
has one, and two of them are for a person to decide. So are uploads by somebody who is not of the team.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from autograder.shown.printable import printable
from autograder.teams import Team


def settle_repeated(teams: Iterable[Team], uploaded: Collection[str]) -> list[Team]:
    """The teams, those that do not count marked with the one that does.

    Args:
        teams: all of one collection.
        uploaded: the sources that are uploads.
    """
    teams = list(teams)
    same: dict[frozenset[str], list[Team]] = {}
    for team in teams:
        if team.source in uploaded and team.members and team.commit and team.sent_by_one is not False:
            same.setdefault(frozenset(team.members), []).append(team)
    settled = {team.source: team for team in teams}
    for several in map(_equally_sure, same.values()):
        if len(several) < 2 or (any(team.received is None for team in several) and len(_commits(several)) > 1):
            continue  # nobody knows which one is the last
        counts = max(several, key=_rank)
        for team in several:
            others = [printable(other.source) for other in several if other is not team]
            if team is counts:
                remark = f"The same people also handed in as {', '.join(others)}; this is the last in time, and counts."
                settled[team.source] = replace(team, remarks=(*team.remarks, remark))
            else:
                remark = f"The same people also handed in as {printable(counts.source)}, which counts."
                settled[team.source] = replace(team, remarks=(*team.remarks, remark), replaced_by=counts.pseudonym)
    return [settled[team.source] for team in teams]


def _equally_sure(several: list[Team]) -> list[Team]:
    """Those that one of the team is known to have handed in, if there are any: no other takes the place of theirs."""
    return [team for team in several if team.sent_by_one] or several


def _rank(team: Team) -> tuple[bool, bool, float]:
    received = team.received.timestamp() if team.received else 0.0
    return team.accepted, team.late == timedelta(0), received


def _commits(teams: Iterable[Team]) -> set[str | None]:
    return {team.commit for team in teams}
