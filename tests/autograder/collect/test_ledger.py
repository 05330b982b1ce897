from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.collect.ledger import (
    Commit,
    Observation,
    Receipt,
    append,
    clock_set_back,
    last_received,
    load,
    receipts,
)
from autograder.errors import UsageError


def seen(at: int, *new: tuple[str, int], source: str = "team") -> Observation:
    return Observation(source, at, tuple(Commit(name, dated) for name, dated in new), new[0][0] if new else None)


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def received(found: Sequence[Receipt], deadline: datetime) -> str:
    receipt = last_received(found, deadline)
    assert receipt is not None
    return receipt.commit


observed = st.lists(st.tuples(st.integers(0, 1000), st.lists(st.integers(-100, 1100), max_size=4)), max_size=6)


@given(observed, st.integers(0, 1000))
def test_a_commit_is_never_received_outside_the_interval_in_which_it_arrived(
    given_observations: list[tuple[int, list[int]]], until: int
) -> None:
    ordered = sorted(given_observations, key=lambda pair: pair[0])
    observations = [
        seen(at, *[(f"{number}.{index}", dated) for index, dated in enumerate(dates)])
        for number, (at, dates) in enumerate(ordered)
    ]
    found = receipts(observations)
    assert len(found) == sum(len(o.new) for o in observations)
    assert [r.received for r in found] == sorted(r.received for r in found)
    ats = [o.at for o in observations]
    for receipt in found:
        number = int(receipt.commit.split(".")[0])
        assert receipt.received <= moment(ats[number])
        assert number == 0 or receipt.received >= moment(ats[number - 1])
    chosen = last_received(found, moment(until))
    assert chosen is None or chosen.received <= moment(until)
    assert all(r.received > moment(until) for r in found[found.index(chosen) + 1 :]) if chosen else True


def test_a_date_before_a_collection_that_did_not_see_the_commit_is_not_believed() -> None:
    found = receipts([seen(100, ("a", 50)), seen(200, ("b", 60))])
    assert [(r.commit, r.received, r.contradicted) for r in found] == [
        ("a", moment(50), False),
        ("b", moment(100), True),
    ]
    assert received(found, moment(99)) == "a"


def test_a_date_in_the_future_is_the_time_of_the_collection() -> None:
    (receipt,) = receipts([seen(100, ("a", 5000))])
    assert (receipt.received, receipt.contradicted) == (moment(100), True)


def test_a_branch_rewritten_after_the_deadline_does_not_take_away_what_was_there() -> None:
    found = receipts([seen(100, ("b", 90), ("a", 80)), seen(200, ("x", 150))])
    assert received(found, moment(120)) == "b"


@given(st.lists(st.integers(0, 10**9), max_size=5))
def test_the_ledger_returns_what_was_appended(tmp_path_factory: pytest.TempPathFactory, moments: list[int]) -> None:
    path = tmp_path_factory.mktemp("ledger") / "folder" / "hw2.jsonl"
    for at in moments:
        append(path, seen(at, (f"c{at}", at)))
    assert load(path).get("team", []) == [seen(at, (f"c{at}", at)) for at in moments]


def test_a_clock_that_is_set_back_does_not_change_the_order_of_arrival() -> None:
    observations = [seen(1000, ("a", 900)), seen(500, ("b", 1100)), seen(2000)]
    found = receipts(observations)
    assert [receipt.commit for receipt in found] == ["a", "b"]
    assert found[0].received <= found[1].received
    assert clock_set_back(observations)
    assert not clock_set_back([seen(500), seen(500), seen(600)])


def test_a_collection_whose_clock_was_ahead_makes_no_later_commit_late() -> None:
    ahead, deadline = 10**9, moment(3000)
    found = receipts([seen(ahead, ("a", 900)), seen(2000, ("b", 1500)), seen(2500, ("c", 2400))])
    assert [received(found, deadline), found[1].received, found[2].received] == [
        "c",
        moment(1500),
        moment(2400),
    ]


@given(st.integers(1, 60))
def test_a_line_cut_off_by_a_crash_loses_nothing_else(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("ledger") / "hw2.jsonl"
    append(path, seen(1, ("a", 1)))
    whole = path.read_bytes()
    append(path, seen(2, ("b", 2)))
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    append(path, seen(3, ("c", 3)))
    assert [o.at for o in load(path)["team"]] == [1, 3]


def test_a_foreign_line_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "hw2.jsonl"
    append(path, seen(1, ("a", 1)))
    with path.open("a") as file:
        file.write('{"source": "team"}\n')
    with pytest.raises(UsageError, match="line 2"):
        load(path)
