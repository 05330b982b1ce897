"""What a function returns arrives at the checks as it is, through the files of a trace and the door."""

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.plans import Ask
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


@pytest.mark.parametrize("value", [0, -(10**17), 10**18, 2**64 + 1, -(10**3999), "é\n" * 50_000])
def test_what_is_returned_arrives_as_it_is(value: Any, tmp_path: Path) -> None:
    got = plain(arrived(recorded(asked(tmp_path), lambda: value)).value)
    assert repr(got) == repr(value)


@pytest.mark.parametrize(
    "forged",
    [
        {"is": "whole", "digits": "9" * 4001},
        {"is": "whole", "digits": "1_0"},
        {"is": "plain", "plain": "x" * 100_001},
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
