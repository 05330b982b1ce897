"""Probes and judging: equal seeds give equal grades, and odd traces give reasons instead of crashes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.checks import Checks, judge, load_checks, make_probes
from autograder.checks.plugin import HELP_TOO_LARGE, HELP_UNREADABLE
from autograder.checks.sizes import MAX_JSON, require_sizes
from autograder.errors import UsageError
from autograder.selftest import judge_solution, load_solution
from checks.hw2.probes import convergence_probe
from course_utils.gan.probe import run_probe
from coursekit.trace import Trace, TraceError, read_trace

ROOT = Path(__file__).parents[3]
HW2 = ROOT / "checks" / "hw2"
THREE_ADAMS = ROOT / "solutions" / "hw2" / "right" / "three_adams.py"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probes")
    make_probes(load_checks(HW2), 7, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_seeds_give_equal_probes_and_other_seeds_others(inbox: Path, tmp_path: Path) -> None:
    make_probes(load_checks(HW2), 7, tmp_path / "same")
    make_probes(load_checks(HW2), 8, tmp_path / "other")
    assert files(tmp_path / "same") == files(inbox)
    assert files(tmp_path / "other") != files(inbox)


def test_probes_hold_no_answers(inbox: Path) -> None:
    for path in inbox.glob("*/trace.json"):
        keys = set(json.loads(path.read_text()))
        assert keys <= {
            "format", "kind", "seed", "model", "weights", "lr", "lrs", "light", "batches", "x_real", "z",
            "images", "batch_size", "num_steps", "log_every", "wide_model", "wide_weights",
            "experiments",
        }  # fmt: skip


def test_the_same_solution_judged_twice_gets_the_same_verdict(inbox: Path) -> None:
    path = ROOT / "solutions" / "hw2" / "wrong" / "fakes_not_detached.py"
    verdicts = [judge_solution(HW2, path, inbox, leave_out=("convergence",)) for _ in range(2)]
    assert verdicts[0] == verdicts[1]


def test_an_empty_outbox_is_not_checked_rather_than_failed(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    (tmp_path / "outbox").mkdir()
    verdict = judge(load_checks(HW2), tmp_path)
    assert {check.outcome for check in verdict.checks} == {"not_checked"}
    assert verdict.points == 0
    assert verdict.max_points == 7


def test_a_trace_that_is_not_one_fails_with_its_reason(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    for name in inbox.iterdir():
        for part in ("", "discriminator", "generator", "autoencoder"):
            folder = tmp_path / "outbox" / name.name / part
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "trace.json").write_text('{"format": 1, "events": [{"event": "call"}], "error": null}')
            (folder / "tensors.safetensors").write_bytes(b"\xff" * 64)
    verdict = judge(load_checks(HW2), tmp_path)
    assert {check.outcome for check in verdict.checks} == {"failed"}
    assert {check.mistake for check in verdict.checks} == {"trace-unreadable"}


@pytest.fixture(scope="module")
def recorded(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outbox of a right solution, but for convergence."""
    outbox = tmp_path_factory.mktemp("recorded")
    solution = load_solution(THREE_ADAMS)
    for folder in sorted(inbox.iterdir()):
        probe = read_trace(folder)
        if probe.data["kind"] != "convergence":
            run_probe(probe, vars(solution), outbox / folder.name)
    return outbox


def test_a_trace_of_another_run_is_no_answer(recorded: Path, tmp_path: Path) -> None:
    """Its weights are not the ones of the probes: no points for the losses, and a person looks at the steps."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "outbox").symlink_to(recorded)
    make_probes(load_checks(HW2), 8, tmp_path / "inbox")
    checks = [
        check
        for check in judge(load_checks(HW2), tmp_path).checks
        if check.cell in ("check_losses", "check_train_step")
    ]
    assert len(checks) > 5
    assert all(check.outcome != "passed" for check in checks)
    assert {check.mistake for check in checks if check.cell == "check_losses"} == {"trace-unreadable"}


def test_good_weights_that_did_not_grow_out_of_the_probes_are_for_a_person(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    elsewhere = convergence_probe(torch.Generator().manual_seed(99))
    solution = load_solution(THREE_ADAMS)
    functions = {name: getattr(solution, name) for name in ("train_step", "configure_optimizers")}
    run_probe(elsewhere, functions, tmp_path / "outbox" / "convergence")
    (check,) = [check for check in judge(load_checks(HW2), tmp_path).checks if check.cell == "check_convergence"]
    assert check.outcome == "cannot_judge"
    assert "did not come from the ones that the model was given" in check.rationale


def test_bad_weights_fail_wherever_they_come_from(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    elsewhere = convergence_probe(torch.Generator().manual_seed(99))
    trace = Trace({"error": None, "losses": [], "ways": [], "weights": elsewhere.data["weights"]}, elsewhere.tensors)
    trace.write(tmp_path / "outbox" / "convergence")
    (check,) = [check for check in judge(load_checks(HW2), tmp_path).checks if check.cell == "check_convergence"]
    assert (check.outcome, check.mistake) == ("failed", "training-does-not-converge")


def test_whoever_returned_too_much_is_told_that_and_not_suspected(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    Trace().write(tmp_path / "outbox" / "convergence")
    for size, help in ((MAX_JSON + 1, HELP_TOO_LARGE), (1, HELP_UNREADABLE)):
        os.truncate(tmp_path / "outbox" / "convergence" / "trace.json", size)
        (check,) = [check for check in judge(load_checks(HW2), tmp_path).checks if check.cell == "check_convergence"]
        assert (check.outcome, check.mistake, check.help) == ("failed", "trace-unreadable", help)


HEADERS = {
    "more than there is": {"t0": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}},
    "a product that overflows": {"t0": {"dtype": "F32", "shape": [2**32, 2**32], "data_offsets": [0, 0]}},
    "a negative size": {"t0": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}},
    "the same bytes twice": {f"t{i}": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} for i in range(2)},
    "a gap": {"t0": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}},
    "an unknown type": {"t0": {"dtype": "F8_E4M3", "shape": [16], "data_offsets": [0, 16]}},
    "no offsets": {"t0": {"dtype": "F32", "shape": [4]}},
    "no tensor": {"t0": 7},
    "many dimensions": {"t0": {"dtype": "F32", "shape": [1] * 1000 + [4], "data_offsets": [0, 16]}},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_header_that_promises_what_the_file_does_not_hold_is_refused_before_it_is_mapped(
    header: dict[str, Any], tmp_path: Path
) -> None:
    text = json.dumps(header).encode()
    (tmp_path / "trace.json").write_text('{"format": 1}')
    (tmp_path / "tensors.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(16))
    with pytest.raises(TraceError, match="promises tensors that it does not hold"):
        require_sizes(tmp_path, "probe")


def test_files_that_are_too_large_or_have_no_whole_header_are_refused(tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text('{"format": 1}')
    for content in (b"", b"\x01", b"\xff" * 8, (2**62).to_bytes(8, "little") + b"{}"):
        (tmp_path / "tensors.safetensors").write_bytes(content)
        with pytest.raises(TraceError, match="promises tensors"):
            require_sizes(tmp_path, "probe")
    (tmp_path / "tensors.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    require_sizes(tmp_path, "probe")
    with (tmp_path / "trace.json").open("wb") as file:
        file.truncate(MAX_JSON + 1)
    with pytest.raises(TraceError, match="is larger than 4 MiB"):
        require_sizes(tmp_path, "probe")


def test_what_the_recorder_writes_is_never_refused(recorded: Path) -> None:
    folders = [path.parent for path in recorded.rglob("trace.json")]
    assert len(folders) > 10
    for folder in folders:
        require_sizes(folder, folder.name)


def test_unknown_assignment_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no hidden checks for 'hw99'"):
        load_checks(ROOT / "checks" / "hw99")


def own_checks(folder: Path, code: str) -> Checks:
    """Those of a course in `folder` with this file of checks."""
    place = folder / "checks" / "own"
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(
        "from autograder.checks.load import Checks\n"
        "from pathlib import Path\n"
        "CHECKS = Checks(Path(__file__).parent, lambda seed: ())\n"
    )
    (place / "test_own.py").write_text(f"import pytest\nfrom autograder.checks.outcome import fail\n\n\n{code}")
    return load_checks(place)


def test_a_check_that_catches_every_exception_does_not_swallow_how_it_ends(tmp_path: Path) -> None:
    checks = own_checks(
        tmp_path,
        "@pytest.mark.check(cell='check_own', points=1)\n"
        "def test_own():\n"
        "    try:\n"
        "        fail('seen', 'try', mistake='own-mistake')\n"
        "    except Exception:\n"
        "        pass\n",
    )
    (result,) = judge(checks, tmp_path).checks
    assert (result.outcome, result.mistake) == ("failed", "own-mistake")


def test_a_check_that_fails_costs_no_text_of_what_it_looked_at(tmp_path: Path) -> None:
    checks = own_checks(
        tmp_path,
        "class Tensors:\n"
        "    def __repr__(self):\n"
        f"        open({str(tmp_path / 'printed')!r}, 'w').close()\n"
        "        return ''\n\n\n"
        "@pytest.fixture\n"
        "def tensors():\n"
        "    return Tensors()\n\n\n"
        "@pytest.mark.check(cell='check_own', points=1)\n"
        "def test_own(tensors):\n"
        "    fail('seen', 'try', mistake='own-mistake')\n",
    )
    (result,) = judge(checks, tmp_path).checks
    assert result.outcome == "failed"
    assert not (tmp_path / "printed").exists()


def test_checks_run_by_hand_over_a_stored_trace(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(inbox)
    (tmp_path / "outbox").mkdir()
    command = [sys.executable, "-m", "pytest", "checks/hw2", f"--trace-folder={tmp_path}", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.count("The test cell did not run") >= 10
