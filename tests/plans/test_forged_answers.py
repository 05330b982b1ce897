"""Whatever stands in the trace of a plan, no check breaks: what is not of the form fails with its reason.

`FORGERIES=2000 pytest tests/plans/test_forged_answers.py` tries more of them than the few of `make test`.
"""

import copy
import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from autograder.checks import make_probes
from autograder.checks.bounds import Bounds, read_bounds
from autograder.checks.outcome import CheckEnded
from autograder.checks.plugin import TraceFolder
from autograder.plans.declare import read_results
from autograder.selftest import record_solution
from coursekit.trace import TraceError
from coursekit.trace_files import JSON_FILE, TENSOR_FILE
from tests.plans.course import ASSIGNMENTS, LABS, checks, declared, place, solution

FORGERIES = int(os.environ.get("FORGERIES", "120"))
VALUES: list[Any] = [
    *(None, True, -1, 0, 3, 2**62, 1e308, "", "t0", "t1", "t99999", "nan", "inf", [], {}, [[]], [None], ["t0"]),
    *({"is": "tensor"}, {"is": "number", "number": "nan"}, {"is": "list", "items": [], "keys": []}, {"": None}),
    *({"is": "tensor", "tensor": "t0", "array": True, "requires_grad": True}, {"is": "plain", "plain": None}),
    *({"gives": "nothing"}, {"gives": "tensors", "tensors": {}, "training": None}, {"gives": "figures", "figures": []}),
    *(
        {"is": "whole", "digits": "9" * 4000},
        {"is": "complex", "real": 1.0, "imag": "nan"},
        {"is": "bytes", "hex": "00"},
    ),
    *({"is": "set", "elements": [{"is": "plain", "plain": "a"}]}, {"is": "plain", "plain": "a" * 100_000}),
    {"is": "dict", "items": [{"is": "plain", "plain": None}], "keys": [{"is": "tuple", "items": [], "keys": []}]},
    {"gives": "gradients", "cut": False, "parts": {}},
    {"gives": "value", "value": {"is": "other", "type": "x", "why": ""}, "printed": "", "changed": [], "dropped": 9},
    *({"gives": "module", "shapes": {"w": [10**6, 10**6]}}, {"gives": "module", "shapes": {}}),
    *(
        {
            "gives": "problem",
            "kind": kind,
            "type": "E",
            "message": "m",
            "line": "l",
            "function": "f",
            "step": 0,
            "turns": 0,
            "bases": ["Exception"],
        }
        for kind in ("raised", "undefined", "unwritten", "late", "skipped", "broken", "other")
    ),
]
TYPES = [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.bool, torch.complex64]
NUMBERS = [float("nan"), float("inf"), -1e38, 1e-45, 0.0, 0.5, 1e4]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a right solution of each assignment records."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ASSIGNMENTS + LABS}
    for name, folder in folders.items():
        make_probes(checks(name), 7, folder / "inbox")
        path = solution(name, "reference")
        record_solution(path, checks(name).experiments, folder / "inbox", folder / "outbox")
    return folders


def look_at(assignment: str, folder: Path, plan: str) -> list[str]:
    """How the checks of a plan end, each with its reason; whatever else they raise is a fault of the grader."""
    trace = TraceFolder(folder, checks(assignment).experiments)
    ends = []
    for check in declared(assignment).checks.values():
        if plan not in check.wants:
            continue
        try:
            given = {
                name: read_results(declared(assignment).plans[name], trace) for name in check.wants if name != "bounds"
            }
            if "bounds" in check.wants:
                given["bounds"] = Bounds(read_bounds(place(assignment)))
            check.function(**given)
        except CheckEnded as ended:
            assert ended.rationale and ended.outcome in ("failed", "cannot_judge", "not_checked")
            ends.append(ended.rationale)
        except TraceError as error:
            ends.append(str(error))
        else:
            ends.append("")
    return ends


def places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Everything in a JSON value that can be exchanged: its container, and the key."""
    keys = content if isinstance(content, dict) else range(len(content))
    for key in keys:
        yield content, key
        if isinstance(content[key], dict | list):
            yield from places(content[key])


def forge_json(folder: Path, chance: random.Random) -> None:
    content = json.loads((folder / JSON_FILE).read_text())
    found = [*places(content["answers"])]
    if not found:
        return
    container, key = chance.choice(found)
    match chance.choice(["value", "value", "drop", "double", "swap"]):
        case "value":
            container[key] = copy.deepcopy(chance.choice(VALUES))
        case "drop":
            del container[key]
        case "double" if isinstance(container, list):
            container.insert(key, container[key])
        case _:
            other, place_ = chance.choice(found)
            container[key] = copy.deepcopy(other[place_])
    (folder / JSON_FILE).write_text(json.dumps(content))


def real(tensor: torch.Tensor) -> torch.Tensor:
    return (tensor.real if tensor.is_complex() else tensor).float()


def forge_tensor(folder: Path, chance: random.Random) -> None:
    tensors = load_file(folder / TENSOR_FILE)
    if not tensors:
        return
    name = chance.choice(sorted(tensors))
    tensor = tensors[name]
    match chance.choice(["type", "flat", "empty", "more", "scalar", "numbers", "one", "other", "missing"]):
        case "type":
            tensor = tensor.to(chance.choice(TYPES))
        case "flat":
            tensor = tensor.flatten()[:: chance.choice([1, 2])]
        case "empty":
            tensor = tensor.flatten()[:0].reshape(*tensor.shape[:-1], 0) if tensor.ndim == 1 else tensor.flatten()[:0]
        case "more":
            tensor = tensor[None] if chance.random() < 0.5 else tensor[..., None]
        case "scalar":
            tensor = torch.tensor(chance.choice(NUMBERS))
        case "numbers":
            tensor = torch.full_like(real(tensor), chance.choice(NUMBERS))
        case "one":
            tensor = real(tensor).clone()
            tensor.view(-1)[:1] = chance.choice(NUMBERS)
        case "other":
            tensor = tensors[chance.choice(sorted(tensors))]
        case "missing":
            tensor = None  # type: ignore[assignment]
    changed = {**tensors, name: tensor}
    save_file({key: t.contiguous().clone() for key, t in changed.items() if t is not None}, folder / TENSOR_FILE)


@pytest.mark.parametrize("assignment", ASSIGNMENTS + LABS)
def test_no_forged_answer_breaks_a_check(assignment: str, recorded: dict[str, Path], tmp_path: Path) -> None:
    chance = random.Random(f"{assignment} {FORGERIES}")
    (tmp_path / "inbox").symlink_to(recorded[assignment] / "inbox")
    ends = []
    for _ in range(max(1, FORGERIES // len(ASSIGNMENTS + LABS))):
        plan = chance.choice(sorted(declared(assignment).plans))
        shutil.rmtree(tmp_path / "outbox", ignore_errors=True)
        shutil.copytree(recorded[assignment] / "outbox" / plan, tmp_path / "outbox" / plan)
        for _ in range(chance.choice([1, 1, 2, 4])):
            chance.choice([forge_json, forge_tensor])(tmp_path / "outbox" / plan, chance)
        ends += look_at(assignment, tmp_path, plan)
    assert (
        sum(bool(end) for end in ends) > len(ends) / 2
    )  # most of them are noticed; some change nothing that is looked at


def test_each_value_in_each_place_is_told_as_what_it_is(recorded: dict[str, Path], tmp_path: Path) -> None:
    """Every hand-made value takes the place of every part of one small trace."""
    source = recorded["lab_vae"] / "outbox" / "divergences"
    (tmp_path / "inbox").symlink_to(recorded["lab_vae"] / "inbox")
    target = tmp_path / "outbox" / "divergences"
    original = json.loads((source / JSON_FILE).read_text())
    number = len([*places(original["answers"])])
    shutil.copytree(source, target)
    tried = 0
    for position in range(0, number, max(1, number // 12)):
        for value in VALUES:
            content = json.loads(json.dumps(original))
            container, key = [*places(content["answers"])][position]
            container[key] = value
            (target / JSON_FILE).write_text(json.dumps(content))
            (end,) = look_at("lab_vae", tmp_path, "divergences")
            tried += 1
            assert len(end) < 3000
    assert tried >= 200


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ({"answers": []}, "holds 0 answers"),
        ({"answers": [{"gives": "magic"}]}, "does not have the form"),
        ({}, "does not have the form"),
        ({"answers": [{"gives": "nothing"}] * 12}, "what that step cannot give"),
    ],
)
def test_a_trace_that_answers_nothing_says_why(
    forged: dict[str, Any], said: str, recorded: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "inbox").symlink_to(recorded["lab_vae"] / "inbox")
    target = tmp_path / "outbox" / "divergences"
    shutil.copytree(recorded["lab_vae"] / "outbox" / "divergences", target)
    (target / JSON_FILE).write_text(json.dumps({"format": 1, **forged}))
    (end,) = look_at("lab_vae", tmp_path, "divergences")
    assert said in end
