"""Whatever stands in a trace, there is a verdict: what is not of the form fails with its reason, and nothing breaks.

`FORGERIES=5000 pytest tests/autograder/checks/test_forged_traces.py` tries more of them than the few of `make test`.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from autograder.checks import judge, load_checks, make_probes
from autograder.selftest.recording import record_solution
from coursekit.trace_files import JSON_FILE, TENSOR_FILE

SOLUTIONS = Path(__file__).parents[3] / "solutions"
CHECKS = SOLUTIONS.parent / "checks"
FORGERIES = int(os.environ.get("FORGERIES", "20"))
RAW = "raw:"  # what follows it is written into the JSON as it is
VALUES: list[Any] = [
    *(None, True, -1, 0, 2**62, 1e308, "", "t0", "t99999", "nan", [], {}, [[]], [None], {"type": "Tensor"}),
    *("\ud800", {"\ud800": 0}, {"error": {}}),
    *(RAW + text for text in ("NaN", "-Infinity", "1e999", "1" + "0" * 30, "-1" + "0" * 400, "1" + "0" * 5000)),
    *(RAW + text for text in ("[" * 500 + "]" * 500, "[" + "0," * 20_000 + "0]", '"' + "A" * 100_000 + '"')),
]
TYPES = [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.bool, torch.complex64]
SHAPES: list[Callable[[torch.Tensor], torch.Tensor]] = [
    lambda t: t.reshape(-1)[:0],
    lambda t: t.reshape(-1)[:1].reshape(()) if t.numel() else t,
    lambda t: t[:1],
    lambda t: t[None],
    lambda t: t[..., None],
    lambda t: torch.cat([t, t]),
    lambda t: t.flip(0).flatten(),
    lambda t: t.T if t.dim() == 2 else t,
]
NUMBERS = [float("nan"), float("inf"), -1e38, 1e-45, 0.0, 0.5, 1e4]


def record(assignment: str, root: Path) -> Path:
    """The probes of a seed and what a right solution recorded for them, quickly: it trains for a few steps only."""
    make_probes(load_checks(CHECKS / assignment), 7, root / "inbox")
    training = root / "inbox" / "convergence" / JSON_FILE
    training.write_text(json.dumps(json.loads(training.read_text()) | {"num_steps": 7, "log_every": 3}))
    solution = SOLUTIONS / assignment / "right" / "three_adams.py"
    record_solution(solution, load_checks(CHECKS / assignment).experiments, root / "inbox", root / "outbox")
    return root


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: record(name, tmp_path_factory.mktemp(name)) for name in ("hw2", "hw2_conditional")}


def copy_of(recorded: Path, folder: Path) -> Path:
    (folder / "inbox").symlink_to(recorded / "inbox")
    shutil.copytree(recorded / "outbox", folder / "outbox")
    return folder


def write_json(path: Path, content: Any) -> None:
    text = json.dumps(content)
    for value in VALUES:
        if isinstance(value, str) and value.startswith(RAW):
            text = text.replace(json.dumps(value), value.removeprefix(RAW))
    path.write_text(text)


def forge_a_value(folder: Path, data: st.DataObject) -> None:
    content = json.loads((folder / JSON_FILE).read_text())
    place: Any = content
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        child = place[key]
        if not isinstance(child, dict | list) or not child or data.draw(st.integers(0, 3)) == 0:
            break
        place = child
    if data.draw(st.booleans()):
        place[key] = data.draw(st.sampled_from(VALUES))
    elif isinstance(place, dict) and data.draw(st.booleans()):
        place[data.draw(st.sampled_from(["error", "steps", "runs", "\ud800", "new"]))] = data.draw(
            st.sampled_from(VALUES)
        )
    elif isinstance(place, list):
        place[key:] = data.draw(st.sampled_from([place[key + 1 :], place[key:] * 2, [place[0], *place[key:]]]))
    else:
        del place[key]
    write_json(folder / JSON_FILE, content)


def forge_a_tensor(folder: Path, data: st.DataObject) -> None:
    tensors = load_file(folder / TENSOR_FILE)
    if not tensors:
        return
    name = data.draw(st.sampled_from(sorted(tensors)))
    match data.draw(st.sampled_from(["type", "shape", "numbers", "number", "other", "missing"])):
        case "type":
            tensors[name] = tensors[name].to(data.draw(st.sampled_from(TYPES)))
        case "shape":
            if tensors[name].dim():
                tensors[name] = data.draw(st.sampled_from(SHAPES))(tensors[name])
        case "numbers":
            tensors[name] = torch.full_like(tensors[name].float(), data.draw(st.sampled_from(NUMBERS)))
        case "number":
            tensors[name] = tensors[name].float()
            tensors[name].view(-1)[:1] = data.draw(st.sampled_from(NUMBERS))
        case "other":
            tensors[name] = tensors[data.draw(st.sampled_from(sorted(tensors)))].clone()
        case "missing":
            del tensors[name]
    save_file({key: tensor.contiguous().clone() for key, tensor in tensors.items()}, folder / TENSOR_FILE)


@settings(max_examples=FORGERIES, deadline=None, phases=[Phase.generate])  # shrinking takes minutes
@given(data=st.data())
def test_no_change_of_a_trace_breaks_the_judge(recorded: dict[str, Path], data: st.DataObject) -> None:
    """Several traces are changed at once: no check breaks, and none has a verdict without a reason."""
    assignment = data.draw(st.sampled_from(sorted(recorded)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy_of(recorded[assignment], Path(temporary))
        traces = sorted(path.parent for path in (folder / "outbox").rglob(JSON_FILE))
        for trace in data.draw(st.lists(st.sampled_from(traces), min_size=1, max_size=6, unique=True)):
            data.draw(st.sampled_from([forge_a_value, forge_a_tensor]))(trace, data)
        verdict = judge(load_checks(CHECKS / assignment), folder)
    assert verdict.faults == ()
    assert all(check.rationale for check in verdict.checks if check.outcome != "passed")


@pytest.mark.parametrize("added", [{"steps": 5}, {"steps": [5]}, {"error": {}}, {"error": "x"}, {"\ud800": 1}])
@pytest.mark.parametrize("runs", [None, []])
def test_keys_that_a_trace_of_optimizers_has_not_excuse_nothing(
    recorded: dict[str, Path], tmp_path: Path, added: dict[str, Any], runs: list[Any] | None
) -> None:
    folder = copy_of(recorded["hw2"], tmp_path)
    path = folder / "outbox" / "optimizers" / JSON_FILE
    content = json.loads(path.read_text()) | added
    path.write_text(json.dumps(content if runs is None else content | {"runs": runs}))
    verdict = judge(load_checks(CHECKS / "hw2"), folder)
    assert verdict.faults == ()
    told = [check for check in verdict.checks if check.name == "every_module_has_an_optimizer"]
    unread = runs is not None or "\ud800" in added
    assert [check.outcome for check in told] == ["failed" if unread else "passed"]
