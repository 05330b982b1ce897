"""What a function returns arrives at the checks as it is, through the files of a trace and the door."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.plans import Ask
from autograder.plans.ask import PlanError
from autograder.plans.door import read_answers
from coursekit.plans.answers import Returned
from coursekit.plans.interpreter import run_plan
from coursekit.plans.steps import read_plan, write_plan
from coursekit.plans.storing import store_answers
from coursekit.plans.values import plain
from coursekit.trace import TraceError, read_trace
from coursekit.trace_files import JSON_FILE


def asked(folder: Path, *args: Any) -> Path:
    """A written plan that calls `f` with these arguments."""
    ask = Ask("cell", 0)
    ask.call("f", *args)
    write_plan(ask.built, ask.tensors).write(folder / "asked")
    return folder


def recorded(folder: Path, function: Any) -> Path:
    """What a cell records of the plan in a folder."""
    plan = read_trace(folder / "asked")
    store_answers(run_plan(read_plan(plan), plan, {"f": function})).write(folder / "recorded")
    return folder


def arrived(folder: Path) -> Returned:
    (answer,) = read_answers(read_trace(folder / "asked"), read_trace(folder / "recorded"), "plan")
    assert isinstance(answer, Returned)
    return answer


class Pair(NamedTuple):
    a: int
    b: int


def shortly(value: Any) -> str:
    return ascii(value)[:30]


VALUES = [
    *(None, True, "", "nan", "é\n" * 30_000, 0, -(10**17), 10**18, 2**64 + 1, -(10**3999)),
    *(0.1, -0.0, 1e-320, math.nan, math.inf, -math.inf),
    [math.nan, (1, -math.inf), {"a": 10**20}],
    {1: "a", "1": "b", (1, "x"): ["c"], None: 0, math.inf: 0, 2**64: 0},
    {"x" * 250 + "a": 1, "x" * 250 + "b": 2},
    {("a",): 1, "('a',)": 2},
    {False: 1, "False": 2, b"a": 3},
    *(b"", bytes(range(256)), 1 + 2j, complex(math.nan, -math.inf), set(), {1}, {(1, "a")}, [{b"a"}]),
]


@pytest.mark.parametrize("value", VALUES, ids=shortly)
def test_what_is_returned_arrives_as_it_is(value: Any, tmp_path: Path) -> None:
    got = plain(arrived(recorded(asked(tmp_path), lambda: value)).value)
    assert repr(got) == repr(value)


@pytest.mark.parametrize("value", VALUES, ids=shortly)
def test_an_argument_arrives_as_it_is(value: Any, tmp_path: Path) -> None:
    got = plain(arrived(recorded(asked(tmp_path, value), repr)).value)
    assert got == repr(value)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (np.int64(3), "3"),
        (np.float64("nan"), "nan"),
        (np.bool_(True), "True"),
        (Pair(1, 2), "(1, 2)"),
    ],
)
def test_numbers_of_numpy_and_named_tuples_arrive_as_plain_ones(value: Any, arrives: str, tmp_path: Path) -> None:
    assert plain(arrived(recorded(asked(tmp_path, value), repr)).value) == arrives


@pytest.mark.parametrize("value", [object(), np.array(["a"]), [lambda: 1]])
def test_what_cannot_be_sent_is_told_to_the_author(value: Any) -> None:
    with pytest.raises(PlanError, match="can be sent"):
        Ask("cell", 0).call("f", value)


@pytest.mark.parametrize(
    "forged",
    [
        {"is": "whole", "digits": "9" * 4001},
        {"is": "whole", "digits": "1_0"},
        {"is": "plain", "plain": "x" * 100_001},
        {"is": "list", "items": [{"is": "plain", "plain": None}] * 10_001, "keys": []},
        {"is": "dict", "items": [{"is": "plain", "plain": None}], "keys": [{"is": "list", "items": [], "keys": []}]},
        {"is": "dict", "items": [{"is": "plain", "plain": None}], "keys": []},
        {"is": "set", "elements": [{"is": "plain", "plain": "a"}] * 2},
        {"is": "set", "elements": [{"is": "set", "elements": []}]},
        {"is": "set", "elements": [{"is": "other", "type": "x", "why": ""}]},
        {"is": "bytes", "hex": "abc"},
        {"is": "bytes", "hex": "zz"},
        {"is": "complex", "real": "1", "imag": 0.0},
        {"is": "dict", "items": [{"is": "plain", "plain": None}] * 2, "keys": [{"is": "plain", "plain": "a"}] * 2},
        {"is": "whole", "digits": "٣"},
    ],
)
def test_a_forged_value_does_not_pass_the_door(forged: dict[str, Any], tmp_path: Path) -> None:
    file = recorded(asked(tmp_path), lambda: 1) / "recorded" / JSON_FILE
    told = json.loads(file.read_text())
    told["answers"][0]["value"] = forged
    file.write_text(json.dumps(told))
    with pytest.raises(TraceError):
        arrived(tmp_path)
