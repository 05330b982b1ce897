from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.deadlines import LatePolicy, parse_moment, show, show_late, team_deadline

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2023-02-24 23:59", "2023-02-25 05:59:59.999999"),
        ("2023-03-12 01:59", "2023-03-12 07:59:59.999999"),  # the last minute before the clocks go forward
        ("2023-03-12 03:00", "2023-03-12 08:00:59.999999"),  # the next minute
        ("2023-11-05 01:30", "2023-11-05 07:30:59.999999"),  # comes twice: the later one, in favour of students
        ("2023-11-05 02:00", "2023-11-05 08:00:59.999999"),
    ],
)
def test_a_deadline_is_the_end_of_its_minute_in_the_course_zone(local: str, utc: str) -> None:
    assert parse_moment(local, CHICAGO) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(ValueError, match="does not exist in America/Chicago"):
        parse_moment("2023-03-12 02:30", CHICAGO)


@given(st.integers(min_value=0, max_value=2 * 366 * 24 * 60))
def test_every_minute_that_exists_reads_back_as_it_is_shown(minute: int) -> None:
    moment = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    text = show(moment, CHICAGO)
    read = parse_moment(text[:16], CHICAGO)
    assert show(read, CHICAGO)[:16] == text[:16]
    assert timedelta(0) <= read - moment < timedelta(hours=1, minutes=1)


def test_days_late_are_24_hours_across_a_switch_of_the_clocks() -> None:
    policy = LatePolicy(((1, 2.0), (2, 4.0)))
    due = parse_moment("2023-03-11 23:59", CHICAGO)  # the clocks go forward in the night
    assert policy.points_lost(parse_moment("2023-03-12 23:59", CHICAGO) - due) == 2  # 23 hours
    assert policy.points_lost(parse_moment("2023-03-13 00:59", CHICAGO) - due) == 2  # 24 hours
    assert policy.points_lost(parse_moment("2023-03-13 01:00", CHICAGO) - due) == 4


@given(st.lists(st.integers(1, 30), min_size=1, unique=True).map(sorted), st.timedeltas(timedelta(0), timedelta(40)))
def test_lateness_never_gains_points_and_ends_at_the_last_step(days: list[int], late: timedelta) -> None:
    policy = LatePolicy(tuple((day, 1.5 * number) for number, day in enumerate(days, start=1)))
    lost, earlier = policy.points_lost(late), policy.points_lost(late / 2)
    assert (lost is None) == (late > policy.accepted_for)
    assert lost is None or (earlier is not None and earlier <= lost)


def test_without_steps_nothing_late_is_accepted() -> None:
    assert LatePolicy().points_lost(timedelta(microseconds=1)) is None
    assert LatePolicy().points_lost(timedelta(0)) == 0


def test_a_team_has_the_latest_of_its_members_deadlines_and_never_an_earlier_one() -> None:
    due, early, late = (datetime(2023, 2, day, tzinfo=UTC) for day in (24, 20, 26))
    assert team_deadline(due, ("a", "b"), {"b": late, "c": late}) == late
    assert team_deadline(due, ("a",), {"b": late}) == due
    assert team_deadline(due, ("a",), {"a": early}) == due


def test_lateness_is_shown_rounded_up_to_minutes() -> None:
    assert [show_late(timedelta(seconds=s)) for s in (-5, 0, 1, 3600, 90061)] == [
        "",
        "",
        "1 min",
        "1 h 0 min",
        "1 d 1 h",
    ]
