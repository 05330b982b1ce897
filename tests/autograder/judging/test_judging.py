"""Claims about the process that judges: what it gives, what it cannot do, and what a hostile trace does to it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from autograder import checks
from autograder.config import load_course
from autograder.errors import UsageError
from autograder.judging import client, judge, make_probes
from autograder.selftest import load_solution
from autograder.verdict import Verdict
from course_utils.gan.probe import run_probe
from coursekit.trace import read_trace
from coursekit.trace_files import JSON_FILE

ROOT = Path(__file__).parents[3]
HW2 = load_course(ROOT).assignment("hw2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probes of a seed and what a right solution recorded for some of them."""
    root = tmp_path_factory.mktemp("judged")
    (root / "inbox").mkdir()
    (root / "outbox").mkdir()
    make_probes(HW2, 7, root / "inbox")
    solution = load_solution(ROOT / "solutions" / "hw2" / "right" / "three_adams.py")
    for probe_folder in sorted((root / "inbox").iterdir()):
        probe = read_trace(probe_folder)
        if probe.data["kind"] in ("optimizers", "losses", "train_step"):
            run_probe(probe, vars(solution), root / "outbox" / probe_folder.name)
    return root


@pytest.fixture
def fresh() -> Iterator[None]:
    """Each test that changes something gets a process of its own."""
    client._judges(client._Course.of(HW2)).end()
    yield
    client._judges(client._Course.of(HW2)).end()


def judging_process() -> psutil.Process:
    """The innermost process of the judges."""
    outer = client._judges(client._Course.of(HW2))._process
    assert outer is not None
    return [child for child in psutil.Process(outer.pid).children(recursive=True) if child.name().startswith("python")][
        -1
    ]


def test_probes_and_verdicts_are_the_same_as_in_this_process(folder: Path, tmp_path: Path) -> None:
    checks.make_probes(checks.load_checks(HW2.checks), 7, tmp_path)
    for path in tmp_path.rglob("*.json"):
        assert path.read_bytes() == (folder / "inbox" / path.relative_to(tmp_path)).read_bytes()
    judged = judge(HW2, folder)
    assert judged.verdict == checks.judge(checks.load_checks(HW2.checks), folder)
    assert judged.verdict.points == 6
    assert judged.figures["check_train_step"].startswith(b"\x89PNG")


def test_the_process_that_judges_has_no_network_and_is_nobody(folder: Path) -> None:
    judge(HW2, folder)
    process = judging_process()
    assert Path(f"/proc/{process.pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    assert Path(f"/proc/{process.pid}/ns/mnt").readlink() != Path("/proc/self/ns/mnt").readlink()
    assert process.uids().real != 0
    assert "Seccomp:\t2" in Path(f"/proc/{process.pid}/status").read_text()


def test_a_judge_that_was_killed_is_started_again(folder: Path, fresh: None) -> None:
    before = judge(HW2, folder).verdict
    judging_process().send_signal(signal.SIGKILL)
    assert judge(HW2, folder).verdict == before


@pytest.fixture(scope="module")
def slow(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for one loss, which takes seconds to judge: every call was recorded a thousand times."""
    root = tmp_path_factory.mktemp("slow")
    shutil.copytree(folder, root, dirs_exist_ok=True)
    for name in ("losses-16", "losses-7", "losses-homework"):
        path = root / "outbox" / name / "discriminator" / JSON_FILE
        content = json.loads(path.read_text())
        content["events"] += 1000 * [event for event in content["events"] if event["event"] == "call"]
        path.write_text(json.dumps(content))
    return root


def without(verdict: Verdict, name: str) -> dict[str, str]:
    """What became of the other checks."""
    return {check.name: check.outcome for check in verdict.checks if check.name != name}


SLOW_CHECK = "discriminator_loss_is_right"


def test_a_check_that_takes_too_long_is_for_a_person_and_the_others_keep_their_outcome(
    folder: Path, slow: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge(HW2, folder).verdict
    monkeypatch.setattr(client, "SECONDS", 2.0)
    verdict = judge(HW2, slow).verdict
    (late,) = [check for check in verdict.checks if check.name == SLOW_CHECK]
    assert late.outcome == "cannot_judge" and "took longer than 2 seconds" in late.rationale
    assert without(verdict, SLOW_CHECK) == without(before, SLOW_CHECK)
    assert verdict.points == before.points - late.max_points
    assert verdict.faults == ()


def test_nothing_of_one_trace_is_there_for_the_next(
    folder: Path, slow: Path, fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge(HW2, folder).verdict
    shutil.copytree(slow, tmp_path, dirs_exist_ok=True)
    for number in range(3):
        with (tmp_path / "outbox" / f"junk{number}").open("wb") as file:
            file.truncate(300 * 2**20)
    judge(HW2, folder)
    memory = judging_process().memory_info().rss
    with monkeypatch.context() as patched:
        patched.setattr(client, "SECONDS", 2.0)
        for _ in range(3):
            assert SLOW_CHECK in {c.name for c in judge(HW2, tmp_path).verdict.checks if c.outcome == "cannot_judge"}
    left = [path for path in Path(f"/proc/{judging_process().pid}/root/tmp").rglob("*") if path.is_file()]
    assert [path.name for path in left if not path.name.startswith("fontlist")] == []
    assert judging_process().memory_info().rss < memory + 50 * 2**20
    assert judge(HW2, folder).verdict == before


class Killer(threading.Thread):
    """Kills children of the process that judges once they have worked for some seconds, the first few of them."""

    def __init__(self, after: float, most: int) -> None:
        super().__init__(daemon=True)
        self.judge, self.after, self.left = judging_process(), after, most
        self.killed: set[int] = set()

    def run(self) -> None:
        while self.left:
            for child in self.judge.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if child.pid not in self.killed and sum(child.cpu_times()[:2]) > self.after:
                        child.kill()
                        self.killed.add(child.pid)
                        self.left -= 1
            time.sleep(0.01)


def test_a_child_that_something_kills_is_replaced_and_the_verdict_is_the_same(folder: Path, fresh: None) -> None:
    before = judge(HW2, folder).verdict
    killer = Killer(after=0.05, most=1)
    killer.start()
    assert judge(HW2, folder).verdict == before
    killer.join(timeout=10)
    assert killer.left == 0


def test_a_check_whose_process_dies_again_and_again_is_for_a_person(slow: Path, folder: Path, fresh: None) -> None:
    before = judge(HW2, folder).verdict
    killer = Killer(after=1.2, most=2)
    killer.start()
    verdict = judge(HW2, slow).verdict
    (killed,) = [check for check in verdict.checks if check.name == SLOW_CHECK]
    assert killed.outcome == "cannot_judge" and "ended without an answer" in killed.rationale
    assert without(verdict, SLOW_CHECK) == without(before, SLOW_CHECK)


def test_a_trace_of_a_million_values_is_refused_with_its_reason(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for path in (tmp_path / "outbox").rglob("trace.json"):
        path.write_text('{"format": 1, "error": null, "events": [' + "{}," * 1_300_000 + "{}]}")
    verdict = judge(HW2, tmp_path).verdict
    assert verdict.points == 0
    assert any("has more than 100,000 values" in check.rationale for check in verdict.checks)
    assert {check.outcome for check in verdict.checks} == {"failed", "not_checked"}


def test_the_memory_of_one_judging_is_bounded() -> None:
    source = (
        "from autograder.judging.children import EXTRA_MEMORY, _limit_memory\n_limit_memory()\n"
        "bytearray(EXTRA_MEMORY // 2)\n"
        "try: bytearray(EXTRA_MEMORY + 2**26)\nexcept MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr


def test_who_asks_for_a_verdict_does_not_import_torch() -> None:
    source = "import sys, autograder.judging, autograder.grading; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_an_assignment_without_checks_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no hidden checks for 'hw99'"):
        make_probes(replace(HW2, name="hw99"), 1, tmp_path)


def test_a_killed_grader_leaves_no_judge(tmp_path: Path) -> None:
    source = (
        "import sys, time; from pathlib import Path\n"
        "from autograder.config import load_course; from autograder.judging import make_probes\n"
        "make_probes(load_course(Path(sys.argv[2])).assignment('hw2'), 1, Path(sys.argv[1]))\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    (tmp_path / "probes").mkdir()
    command = [sys.executable, "-c", source, str(tmp_path / "probes"), str(ROOT)]
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
