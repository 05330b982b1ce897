"""Deadlines in the course's time zone, extensions, and what lateness costs: arithmetic only.

Used at submission (which state counts) and at gradebook (what is taken off) in the flow course material ->
submission -> trace -> verdict -> gradebook -> report. All moments are aware; days are periods of 24 hours, so
that a switch of daylight saving time neither gives nor takes an hour.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FORMAT = "%Y-%m-%d %H:%M"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LatePolicy:
    """What a late submission loses.

    Attributes:
        steps: pairs (days, points), with both rising: work that is at most that many days late loses that many
            points. Work that is later than the last step is not accepted; without any step, no late work is.
    """

    steps: tuple[tuple[int, float], ...] = ()

    @property
    def accepted_for(self) -> timedelta:
        """How long after the deadline work is still accepted."""
        return self.steps[-1][0] * _DAY if self.steps else timedelta(0)

    def points_lost(self, late: timedelta) -> float | None:
        """Points that work loses which is `late` after its deadline; None where it is not accepted."""
        if late <= timedelta(0):
            return 0.0
        return next((points for days, points in self.steps if late <= days * _DAY), None)


def parse_moment(text: str, zone: str) -> datetime:
    """The last moment of the minute that is written as "2023-02-24 23:59" in the time zone `zone`, in UTC.

    A deadline includes its minute. Where the clocks go back and a time comes twice, the later one is meant.

    Raises:
        ValueError: it is not written that way, or the clocks skip this time; the message says which.
    """
    try:
        naive = datetime.strptime(text, FORMAT)
    except ValueError:
        raise ValueError(f'is {text!r}, but must be a day and a time, as in "2023-02-24 23:59"') from None
    moment = naive.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise ValueError(f"is {text!r}, a time that does not exist in {zone}: the clocks are set forward over it")
    return moment + timedelta(seconds=59, microseconds=999_999)


def team_deadline(due: datetime, members: Iterable[str], extensions: Mapping[str, datetime]) -> datetime:
    """The deadline of a team: the latest of the common one and its members' extensions."""
    return max([due, *(extensions[member] for member in members if member in extensions)])


def show(moment: datetime, zone: str) -> str:
    """`moment` as people of the course read it, for example "2023-02-24 23:59 CST"."""
    return moment.astimezone(ZoneInfo(zone)).strftime(f"{FORMAT} %Z")


def show_late(late: timedelta) -> str:
    """A lateness as "2 d 3 h" or "5 min", rounded up to minutes; empty if there is none."""
    if late <= timedelta(0):
        return ""
    minutes = -(-late // timedelta(minutes=1))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
