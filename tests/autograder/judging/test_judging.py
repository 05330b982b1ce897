"""Claims about the process that judges: what it gives, what it cannot do, and what a hostile trace does to it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from autograder import checks
from autograder.errors import UsageError
from autograder.judging import client, judge, make_probes

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probes of a seed and what a right solution recorded for some of them."""
    from autograder.selftest import load_solution
    from course_utils.probe import run_probe
    from course_utils.trace import read_trace

    root = tmp_path_factory.mktemp("judged")
    (root / "inbox").mkdir()
    (root / "outbox").mkdir()
    make_probes("hw2", 7, root / "inbox")
    solution = load_solution(ROOT / "tests" / "solutions" / "hw2" / "right" / "three_adams.py")
    for probe_folder in sorted((root / "inbox").iterdir()):
        probe = read_trace(probe_folder)
        if probe.data["kind"] in ("optimizers", "losses", "train_step"):
            run_probe(probe, vars(solution), root / "outbox" / probe_folder.name)
    return root


@pytest.fixture
def fresh() -> Iterator[None]:
    """Each test that changes something gets a process of its own."""
    client._judges().end()
    yield
    client._judges().end()


def judging_process() -> psutil.Process:
    """The innermost process of the judges."""
    outer = client._judges()._process
    assert outer is not None
    return [child for child in psutil.Process(outer.pid).children(recursive=True) if child.name().startswith("python")][
        -1
    ]


def test_probes_and_verdicts_are_the_same_as_in_this_process(folder: Path, tmp_path: Path) -> None:
    checks.make_probes("hw2", 7, tmp_path)
    for path in tmp_path.rglob("*.json"):
        assert path.read_bytes() == (folder / "inbox" / path.relative_to(tmp_path)).read_bytes()
    judged = judge("hw2", folder)
    assert judged.verdict == checks.judge("hw2", folder)
    assert judged.verdict.points == 6
    assert judged.figures["check_train_step"].startswith(b"\x89PNG")


def test_the_process_that_judges_has_no_network_and_is_nobody(folder: Path) -> None:
    judge("hw2", folder)
    process = judging_process()
    assert Path(f"/proc/{process.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    assert Path(f"/proc/{process.pid}/ns/mnt").readlink() != Path("/proc/self/ns/mnt").readlink()
    assert process.uids().real != 0
    assert "Seccomp:\t2" in Path(f"/proc/{process.pid}/status").read_text()


def test_a_judge_that_was_killed_is_started_again(folder: Path, fresh: None) -> None:
    before = judge("hw2", folder).verdict
    judging_process().send_signal(signal.SIGKILL)
    assert judge("hw2", folder).verdict == before


def test_judging_that_takes_too_long_is_for_a_person(
    folder: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge("hw2", folder)
    ask = client._Judges.ask
    times = iter((0.001, 60.0))  # for what was recorded, and for the list of checks

    def hurry(self, message, files):  # type: ignore[no-untyped-def]
        return ask(self, {**message, "seconds": next(times)}, files)

    monkeypatch.setattr(client._Judges, "ask", hurry)
    verdict = judge("hw2", folder).verdict
    assert {check.outcome for check in verdict.checks} == {"cannot_judge"}
    assert verdict.points == 0 and verdict.max_points == 7
    assert all("took longer than" in check.rationale for check in verdict.checks)


def test_a_trace_of_a_million_values_is_refused_with_its_reason(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for path in (tmp_path / "outbox").rglob("trace.json"):
        path.write_text('{"format": 1, "error": null, "events": [' + "{}," * 1_300_000 + "{}]}")
    verdict = judge("hw2", tmp_path).verdict
    assert verdict.points == 0
    assert any("has more than 100,000 values" in check.rationale for check in verdict.checks)
    assert {check.outcome for check in verdict.checks} == {"failed", "not_checked"}


def test_the_memory_of_one_judging_is_bounded() -> None:
    source = (
        "from autograder.judging.server import EXTRA_MEMORY, _limit\n_limit(5)\nbytearray(EXTRA_MEMORY // 2)\n"
        "try: bytearray(EXTRA_MEMORY + 2**26)\nexcept MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr


def test_an_assignment_without_checks_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no hidden checks for 'hw99'"):
        make_probes("hw99", 1, tmp_path)


def test_a_killed_grader_leaves_no_judge(tmp_path: Path) -> None:
    source = (
        "import sys, time; from pathlib import Path; from autograder.judging import make_probes\n"
        "make_probes('hw2', 1, Path(sys.argv[1])); print('ready', flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    (tmp_path / "probes").mkdir()
    command = [sys.executable, "-c", source, str(tmp_path / "probes")]
    grader = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert grader.stdout is not None and grader.stdout.readline() == b"ready\n"
    judges = psutil.Process(grader.pid).children(recursive=True)
    assert judges
    grader.kill()
    grader.communicate()
    _, alive = psutil.wait_procs(judges, timeout=10)
    assert alive == []
    assert [path.name for path in tmp_path.iterdir()] == ["probes"]
    assert not list(Path(tempfile.gettempdir()).glob(f"autograder-sandbox-{grader.pid}-*"))
